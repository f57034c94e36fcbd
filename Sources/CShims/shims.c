#define _GNU_SOURCE
#include "CShims.h"
#include <errno.h>
#include <pthread.h>
#include <sys/eventfd.h>
#include <unistd.h>

int shim_eventfd(void) {
  return eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
}

void shim_eventfd_signal(int descriptor) {
  while (eventfd_write(descriptor, 1) < 0 && errno == EINTR) {
  }
}

void shim_eventfd_reset(int descriptor) {
  eventfd_t ignored;
  while (eventfd_read(descriptor, &ignored) < 0 && errno == EINTR) {
  }
}

void shim_set_thread_name(const char *name) {
  pthread_setname_np(pthread_self(), name);
}
