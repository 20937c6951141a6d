#define _GNU_SOURCE
#include "linux_process.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <unistd.h>

int warmth_become_subreaper(void) { return prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0); }

static int endings;

static void pass_on(int number) {
  int kept = errno;
  char byte = (char)number;
  // A pipe that is full has told enough.
  ssize_t written = write(endings, &byte, 1);
  (void)written;
  errno = kept;
}

int warmth_receive_endings(void) {
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) return -1;
  if (fcntl(ends[1], F_SETFL, O_NONBLOCK) != 0) return -1;
  endings = ends[1];

  struct sigaction action = {.sa_handler = pass_on, .sa_flags = SA_RESTART};
  sigemptyset(&action.sa_mask);
  const int numbers[] = {SIGINT, SIGTERM, SIGHUP};
  for (int i = 0; i < 3; i++) {
    struct sigaction before;
    if (sigaction(numbers[i], NULL, &before) != 0) return -1;
    if (before.sa_handler == SIG_IGN && numbers[i] != SIGTERM) continue;
    if (sigaction(numbers[i], &action, NULL) != 0) return -1;
  }
  return ends[0];
}
