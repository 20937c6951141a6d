#include "publisher_script.h"

// In C, because SwiftPM's own way to embed a file writes every byte as a number of an array, which takes the
// Swift compiler seven seconds for a script of this length.
#pragma clang diagnostic ignored "-Wc23-extensions"

static const unsigned char script[] = {
#embed "../../scripts/cache-warm.sh"
};

const unsigned char *warmth_publisher_script(void) { return script; }

size_t warmth_publisher_script_size(void) { return sizeof script; }
