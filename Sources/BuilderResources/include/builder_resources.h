#ifndef BUILDER_RESOURCES_H
#define BUILDER_RESOURCES_H

#include <stddef.h>

/// A file that goes to an ephemeral builder, as it was when this was built. No zero byte follows its bytes.
struct warmth_builder_file {
  const char *name;
  const unsigned char *bytes;
  size_t size;
};

/// The files of the folder `machine`.
const struct warmth_builder_file *warmth_builder_files(void);

/// The number of these files.
size_t warmth_builder_file_count(void);

#endif
