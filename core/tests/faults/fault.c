/* A program that dies, or a disk that is full, at a chosen moment, for a program that is started with this in LD_PRELOAD.
 *
 * Every call that changes something under FAULT_FOLDER is a step. With
 *
 *   FAULT_DIE_AT=n    the program is killed before its step n
 *   FAULT_FULL_AT=n   what needs room from step n on gets ENOSPC, as long as there is no file FAULT_FREED
 *
 * Steps are counted from 1. What another library in LD_PRELOAD does with the same calls is done after this.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const char *folder;
static const char *freed;
static long die_at, full_at;
static atomic_long steps;

static long number(const char *name) {
    const char *text = getenv(name);
    return text ? atol(text) : 0;
}

__attribute__((constructor)) static void begin(void) {
    folder = getenv("FAULT_FOLDER");
    freed = getenv("FAULT_FREED");
    die_at = number("FAULT_DIE_AT");
    full_at = number("FAULT_FULL_AT");
    if (folder && (die_at || freed)) return;
    fprintf(stderr, "fault: FAULT_FOLDER, FAULT_DIE_AT, FAULT_FREED\n");
    abort();
}

static int below(const char *path) {
    if (!folder) return 0; /* another library begins before this one */
    size_t root = strlen(folder);
    return !strncmp(path, folder, root) && (path[root] == '/' || !path[root]);
}

static int fd_below(int fd) {
    char link[64], path[4096];
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t length = readlink(link, path, sizeof path - 1);
    if (length < 0) return 0;
    path[length] = 0;
    return below(path);
}

/* 1 if the step finds the disk full. */
static int step(int needs_room) {
    int before = errno;
    long at = atomic_fetch_add(&steps, 1) + 1;
    if (die_at && at >= die_at) kill(getpid(), SIGKILL);
    int full = needs_room && full_at && at >= full_at && access(freed, F_OK);
    errno = full ? ENOSPC : before;
    return full;
}

#define NEXT(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

ssize_t write(int fd, const void *bytes, size_t count) {
    if (fd_below(fd) && step(1)) return -1;
    return NEXT(write)(fd, bytes, count);
}

ssize_t pwrite64(int fd, const void *bytes, size_t count, off64_t at) {
    if (fd_below(fd) && step(1)) return -1;
    return NEXT(pwrite64)(fd, bytes, count, at);
}

ssize_t copy_file_range(int from, off64_t *from_at, int to, off64_t *to_at, size_t count, unsigned int flags) {
    if (fd_below(to) && step(1)) return -1;
    return NEXT(copy_file_range)(from, from_at, to, to_at, count, flags);
}

int ftruncate64(int fd, off64_t length) {
    if (fd_below(fd) && step(0)) return -1;
    return NEXT(ftruncate64)(fd, length);
}

int open64(const char *path, int flags, ...) {
    va_list rest;
    va_start(rest, flags);
    mode_t mode = (mode_t)va_arg(rest, int);
    va_end(rest);
    if ((flags & (O_CREAT | O_TRUNC)) && below(path) && step((flags & O_CREAT) && access(path, F_OK))) return -1;
    return NEXT(open64)(path, flags, mode);
}

int mkdir(const char *path, mode_t mode) {
    if (below(path) && step(access(path, F_OK) != 0)) return -1;
    return NEXT(mkdir)(path, mode);
}

int rename(const char *from, const char *to) {
    if (below(to)) step(0);
    return NEXT(rename)(from, to);
}

int unlink(const char *path) {
    if (below(path)) step(0);
    return NEXT(unlink)(path);
}

int rmdir(const char *path) {
    if (below(path)) step(0);
    return NEXT(rmdir)(path);
}

int unlinkat(int at, const char *path, int flags) {
    if (*path == '/' || at == AT_FDCWD ? below(path) : fd_below(at)) step(0);
    return NEXT(unlinkat)(at, path, flags);
}

int fsync(int fd) {
    if (fd_below(fd)) step(0);
    return NEXT(fsync)(fd);
}

int fdatasync(int fd) {
    if (fd_below(fd)) step(0);
    return NEXT(fdatasync)(fd);
}
