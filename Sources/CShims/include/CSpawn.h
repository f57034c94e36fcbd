// Starting a server as a child process.
#pragma once
#include <stddef.h>
#include <stdint.h>

struct shim_spawn_request {
  // Absolute path.
  const char *_Nonnull program;
  // Both end with a null pointer.
  char *_Nullable const *_Nonnull arguments;
  char *_Nullable const *_Nonnull environment;
  const char *_Nonnull working_directory;
  // Becomes standard output and standard error.
  int output;
  // Whether to become another user; else the three below are ignored.
  int drops_privileges;
  uint32_t user;
  uint32_t group;
  const uint32_t *_Nullable groups;
  size_t group_count;
  // After the change of user, keep the one capability that opens folders on the way to the working
  // directory which that user may not enter. Best effort.
  int keeps_search_capability;
  // Sent to the child when this process ends; 0 for none.
  int death_signal;
};

// Forks and executes in a session of its own, with an empty signal mask, default signal actions and
// no other descriptor than the three. The fork is made by a thread that lives as long as the process,
// since the death signal is bound to the forking thread.
//
// Returns the child's process id, or -1 with *error set to the errno of the step that failed.
int32_t shim_spawn(const struct shim_spawn_request *_Nonnull request, int *_Nonnull error);
