#include "publisher_script.h"

// Swift has no such thing: SwiftPM's own way writes every byte as a number of an array, which takes the
// compiler seven seconds for a script of this length.
#pragma clang diagnostic ignored "-Wc23-extensions"

static const unsigned char script[] = {
#embed "../../scripts/cache-warm.sh"
};

const unsigned char *warmth_publisher_script(void) { return script; }

size_t warmth_publisher_script_size(void) { return sizeof script; }
