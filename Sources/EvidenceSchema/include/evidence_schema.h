#ifndef EVIDENCE_SCHEMA_H
#define EVIDENCE_SCHEMA_H

#include <stddef.h>

/// The bytes of evidence/schema.sql, as they were when this was built. They end without a zero.
const unsigned char *warmth_evidence_schema(void);

/// How many bytes they are.
size_t warmth_evidence_schema_size(void);

#endif
