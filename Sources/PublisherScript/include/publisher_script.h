#ifndef PUBLISHER_SCRIPT_H
#define PUBLISHER_SCRIPT_H

#include <stddef.h>

/// The bytes of scripts/cache-warm.sh, as they were when this was built. No zero byte follows them.
const unsigned char *warmth_publisher_script(void);

/// The number of these bytes.
size_t warmth_publisher_script_size(void);

#endif
