// What the Glibc module lacks. Headers here include no system header that depends on _GNU_SOURCE,
// which would clash with the Glibc module's own view of it; what needs it is in the .c files.
#pragma once
#include <stdint.h>
#include <sys/epoll.h>

#include "CSpawn.h"

// A counter that poll(2) and epoll(7) can wait for; -1 with errno set on failure.
int shim_eventfd(void);

// Makes the eventfd readable. A counter that is already at its limit is readable, too.
void shim_eventfd_signal(int descriptor);

// Makes the eventfd unreadable again.
void shim_eventfd_reset(int descriptor);

// Names the calling thread for debuggers and `top -H`; at most 15 bytes.
void shim_set_thread_name(const char *_Nonnull name);
