#define _GNU_SOURCE
#include "CSpawn.h"
#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

// Everything from here to `child` runs between fork and exec in a process that had other threads, so
// it may call only what is async-signal-safe. The plain system calls stand for glibc's wrappers that
// want to change the credentials of all threads.

static int raise_ambient(int capability) {
  struct __user_cap_header_struct header = {_LINUX_CAPABILITY_VERSION_3, 0};
  struct __user_cap_data_struct data[2];
  memset(data, 0, sizeof data);
  data[0].effective = data[0].permitted = data[0].inheritable = 1u << capability;
  if (syscall(SYS_capset, &header, data) != 0) return -1;
  return prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, capability, 0, 0);
}

static int become_user(const struct shim_spawn_request *request) {
  if (request->keeps_search_capability) prctl(PR_SET_KEEPCAPS, 1, 0, 0, 0);
  if (syscall(SYS_setgroups, request->group_count, request->groups) != 0) return -1;
  if (syscall(SYS_setresgid, request->group, request->group, request->group) != 0) return -1;
  if (syscall(SYS_setresuid, request->user, request->user, request->user) != 0) return -1;
  if (request->keeps_search_capability) {
    if (raise_ambient(CAP_DAC_READ_SEARCH) != 0) raise_ambient(CAP_DAC_OVERRIDE);
    prctl(PR_SET_KEEPCAPS, 0, 0, 0, 0);
  }
  return 0;
}

static void reset_signals(void) {
  struct sigaction action;
  memset(&action, 0, sizeof action);
  action.sa_handler = SIG_DFL;
  for (int number = 1; number < NSIG; number++) sigaction(number, &action, NULL);
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, NULL);
}

// Marks all descriptors from 3 on as to be closed by exec.
static void mark_descriptors(void) {
#ifdef SYS_close_range
  if (syscall(SYS_close_range, 3u, ~0u, 4u /* CLOSE_RANGE_CLOEXEC */) == 0) return;
#endif
  for (int descriptor = 3; descriptor < 65536; descriptor++) {
    fcntl(descriptor, F_SETFD, FD_CLOEXEC);
  }
}

static int prepare_child(const struct shim_spawn_request *request, pid_t parent) {
  reset_signals();
  if (setsid() < 0) return -1;
  int input = open("/dev/null", O_RDONLY);
  if (input < 0 || dup2(input, 0) < 0) return -1;
  if (dup2(request->output, 1) < 0 || dup2(request->output, 2) < 0) return -1;
  mark_descriptors();
  if (request->drops_privileges && become_user(request) != 0) return -1;
  // A change of user clears the death signal, so it comes after; a parent that is gone by now won't
  // send it.
  if (request->death_signal != 0) {
    if (prctl(PR_SET_PDEATHSIG, request->death_signal, 0, 0, 0) != 0) return -1;
    if (getppid() != parent) {
      errno = ECHILD;
      return -1;
    }
  }
  return chdir(request->working_directory);
}

static void child(const struct shim_spawn_request *request, pid_t parent, int report) {
  if (prepare_child(request, parent) == 0) {
    execve(request->program, request->arguments, request->environment);
  }
  int error = errno;
  while (write(report, &error, sizeof error) < 0 && errno == EINTR) {
  }
  _exit(127);
}

static pid_t spawn_here(const struct shim_spawn_request *request, int *error) {
  int report[2];
  if (pipe2(report, O_CLOEXEC) != 0) {
    *error = errno;
    return -1;
  }
  sigset_t all, before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  pid_t parent = getpid();
  pid_t pid = fork();
  if (pid == 0) child(request, parent, report[1]);
  *error = errno;
  pthread_sigmask(SIG_SETMASK, &before, NULL);
  close(report[1]);
  if (pid > 0) {
    int child_error = 0;
    ssize_t count;
    do {
      count = read(report[0], &child_error, sizeof child_error);
    } while (count < 0 && errno == EINTR);
    if (count == sizeof child_error) {
      while (waitpid(pid, NULL, 0) < 0 && errno == EINTR) {
      }
      *error = child_error;
      pid = -1;
    }
  }
  close(report[0]);
  return pid;
}

// One request at a time is handed to the forking thread.
static pthread_mutex_t callers = PTHREAD_MUTEX_INITIALIZER;
static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;
static const struct shim_spawn_request *current_request;
static int is_done;
static pid_t current_pid;
static int current_error;
static int is_started;

static void *serve(void *unused) {
  pthread_setname_np(pthread_self(), "spawn");
  pthread_mutex_lock(&mutex);
  for (;;) {
    while (current_request == NULL || is_done) pthread_cond_wait(&changed, &mutex);
    current_pid = spawn_here(current_request, &current_error);
    is_done = 1;
    pthread_cond_broadcast(&changed);
  }
  return unused;
}

int32_t shim_spawn(const struct shim_spawn_request *request, int *error) {
  pthread_mutex_lock(&callers);
  pthread_mutex_lock(&mutex);
  pid_t pid = -1;
  if (!is_started) {
    pthread_t thread;
    *error = pthread_create(&thread, NULL, serve, NULL);
    if (*error != 0) goto end;
    pthread_detach(thread);
    is_started = 1;
  }
  current_request = request;
  is_done = 0;
  pthread_cond_broadcast(&changed);
  while (!is_done) pthread_cond_wait(&changed, &mutex);
  current_request = NULL;
  pid = current_pid;
  *error = current_error;
end:
  pthread_mutex_unlock(&mutex);
  pthread_mutex_unlock(&callers);
  return pid;
}
