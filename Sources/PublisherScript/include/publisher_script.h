#ifndef PUBLISHER_SCRIPT_H
#define PUBLISHER_SCRIPT_H

#include <stddef.h>

/// The bytes of scripts/cache-warm.sh, as they were when this was built. They end without a zero.
const unsigned char *warmth_publisher_script(void);

/// How many bytes they are.
size_t warmth_publisher_script_size(void);

#endif
