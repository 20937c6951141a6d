#include "builder_resources.h"

// As with the publisher's script: SwiftPM's own way would write every byte as a number of an array.
#pragma clang diagnostic ignored "-Wc23-extensions"

static const unsigned char run[] = {
#embed "machine/run"
};
static const unsigned char build[] = {
#embed "machine/build"
};
static const unsigned char queue[] = {
#embed "machine/queue"
};
static const unsigned char upload[] = {
#embed "machine/upload"
};
static const unsigned char configuration[] = {
#embed "machine/configuration.nix"
};

static const struct warmth_builder_file files[] = {
    {"run", run, sizeof run},
    {"build", build, sizeof build},
    {"queue", queue, sizeof queue},
    {"upload", upload, sizeof upload},
    {"configuration.nix", configuration, sizeof configuration},
};

const struct warmth_builder_file *warmth_builder_files(void) { return files; }

size_t warmth_builder_file_count(void) { return sizeof files / sizeof files[0]; }
