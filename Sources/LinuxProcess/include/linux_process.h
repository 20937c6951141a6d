#ifndef WARMTH_LINUX_PROCESS_H
#define WARMTH_LINUX_PROCESS_H

// Swift's Glibc module leaves signalfd(2) out.
#include <sys/signalfd.h>

// prctl(2) is variadic in C, and Swift imports no variadic functions.

/// Makes this process the parent of every descendant whose own parent dies (PR_SET_CHILD_SUBREAPER), so
/// that none escapes a teardown. Returns 0, or -1 with errno set.
int warmth_become_subreaper(void);

/// From now on SIGINT, SIGTERM and SIGHUP do not end this process: each is a byte to read from the
/// descriptor that is returned, or -1 with errno set. SIGINT and SIGHUP stay ignored where they were (nohup).
/// To be called once. A handler runs on any thread at any point, where Swift may do nothing.
int warmth_receive_endings(void);

#endif
