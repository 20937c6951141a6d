#include "evidence_schema.h"

// As with the publisher's script: SwiftPM's own way would write every byte as a number of an array.
#pragma clang diagnostic ignored "-Wc23-extensions"

static const unsigned char schema[] = {
#embed "../../evidence/schema.sql"
};

const unsigned char *warmth_evidence_schema(void) { return schema; }

size_t warmth_evidence_schema_size(void) { return sizeof schema; }
