/* A disk that forgets, for a program that is started with this in LD_PRELOAD.
 *
 * What the program writes goes to its files as always, so it reads what it wrote. Beside that, SHIM_SHADOW keeps what
 * would be there after a power cut:
 *
 *   f-<inode>-<birth>   a file's content when it was last synced (fsync, fdatasync)
 *   root                the key of SHIM_FOLDER
 *   d-<inode>-<birth>   a folder's names when it was last synced: one line "<key of the file or folder> <name>" each
 *
 * With SHIM_FAILS_AT=N the Nth sync of a file called db fails, and what was to be synced counts as written from then on,
 * as Linux has it: it is on the disk only after it was written once more and synced.
 *
 * for everything under SHIM_FOLDER. sync_file_range is not a sync: it leaves the disk's own cache and a file's length
 * as they are. What is under the folder when the program starts is taken as synced. The syncs themselves are not
 * carried out; after a killed program the system's memory still has all that was written.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define BLOCK 4096
#define BLOCKS 65536

static const char *folder;
static const char *shadow;
static long fails_at, syncs;
static char lost_key[96];             /* the file whose sync failed */
static unsigned char lost[BLOCKS];    /* its blocks that count as written and are not on the disk */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static void give_up(const char *what) {
    fprintf(stderr, "shim: %s: %s\n", what, strerror(errno));
    abort();
}

/* An inode number is used again after a file is removed; with the time of birth it is one file. */
static int key_of(int at, const char *name, char *key, size_t size) {
    struct statx facts;
    int flags = AT_SYMLINK_NOFOLLOW | (*name ? 0 : AT_EMPTY_PATH);
    if (statx(at, name, flags, STATX_TYPE | STATX_INO | STATX_BTIME, &facts)) return 0;
    char kind = S_ISREG(facts.stx_mode) ? 'f' : S_ISDIR(facts.stx_mode) ? 'd' : 0;
    if (!kind) return 0;
    snprintf(key, size, "%c-%llu-%lld.%09u", kind, (unsigned long long)facts.stx_ino,
             (long long)facts.stx_btime.tv_sec, facts.stx_btime.tv_nsec);
    return kind;
}

static void write_all(int to, const char *bytes, size_t count) {
    while (count) {
        ssize_t written = write(to, bytes, count);
        if (written < 0) give_up("write");
        bytes += written;
        count -= (size_t)written;
    }
}

static void keep_file(const char *path, int to) {
    char buffer[65536];
    ssize_t count;
    int from = open(path, O_RDONLY | O_CLOEXEC);
    if (from < 0) give_up(path);
    while ((count = read(from, buffer, sizeof buffer)) > 0) write_all(to, buffer, (size_t)count);
    if (count < 0) give_up("read");
    close(from);
}

static void keep_names(const char *path, int to) {
    DIR *entries = opendir(path);
    struct dirent *entry;
    if (!entries) give_up(path);
    while ((entry = readdir(entries))) {
        char key[96], line[512];
        if (!strcmp(entry->d_name, ".") || !strcmp(entry->d_name, "..")) continue;
        if (!key_of(dirfd(entries), entry->d_name, key, sizeof key)) continue;
        int length = snprintf(line, sizeof line, "%s %s\n", key, entry->d_name);
        write_all(to, line, (size_t)length);
    }
    closedir(entries);
}

/* Of a block that is lost the disk has what it had before. */
static void keep_what_is_written(const char *path, int to, const char *kept) {
    char now[BLOCK], before[BLOCK];
    int from = open(path, O_RDONLY | O_CLOEXEC), old = open(kept, O_RDONLY | O_CLOEXEC);
    if (from < 0) give_up(path);
    for (off_t at = 0;; at += BLOCK) {
        ssize_t count = pread(from, now, BLOCK, at);
        if (count <= 0) break;
        memset(before, 0, BLOCK);
        if (old >= 0) (void)!pread(old, before, BLOCK, at);
        write_all(to, at / BLOCK < BLOCKS && lost[at / BLOCK] ? before : now, (size_t)count);
    }
    if (old >= 0) close(old);
    close(from);
}

/* What was to be synced is lost. */
static void lose(int fd, const char *path) {
    char now[BLOCK], before[BLOCK], kept[4096];
    if (key_of(fd, "", lost_key, sizeof lost_key) != 'f') give_up(path);
    snprintf(kept, sizeof kept, "%s/%s", shadow, lost_key);
    int from = open(path, O_RDONLY | O_CLOEXEC), old = open(kept, O_RDONLY | O_CLOEXEC);
    if (from < 0) give_up(path);
    for (off_t at = 0; at / BLOCK < BLOCKS; at += BLOCK) {
        ssize_t count = pread(from, now, BLOCK, at);
        if (count <= 0) break;
        ssize_t had = old < 0 ? 0 : pread(old, before, BLOCK, at);
        lost[at / BLOCK] = had < count || memcmp(now, before, (size_t)count);
    }
    if (old >= 0) close(old);
    close(from);
}

static void written(int fd, off_t at, ssize_t count) {
    char key[96];
    if (!*lost_key || count <= 0 || at < 0 || key_of(fd, "", key, sizeof key) != 'f' || strcmp(key, lost_key)) return;
    for (off_t block = at / BLOCK; block <= (at + count - 1) / BLOCK && block < BLOCKS; block++) lost[block] = 0;
}

#define NEXT(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

ssize_t write(int fd, const void *bytes, size_t count) {
    off_t at = *lost_key ? lseek(fd, 0, SEEK_CUR) : -1;
    ssize_t done = NEXT(write)(fd, bytes, count);
    int before = errno;
    written(fd, at, done);
    errno = before;
    return done;
}

ssize_t pwrite64(int fd, const void *bytes, size_t count, off64_t at) {
    ssize_t done = NEXT(pwrite64)(fd, bytes, count, at);
    int before = errno;
    written(fd, at, done);
    errno = before;
    return done;
}

/* Whole or not at all: the program may be killed in the middle of this. */
static void keep(int fd, const char *path) {
    char key[96], draft[4096], kept[4096];
    int kind = key_of(fd, "", key, sizeof key);
    if (!kind) return;
    snprintf(draft, sizeof draft, "%s/draft", shadow);
    snprintf(kept, sizeof kept, "%s/%s", shadow, key);
    int to = open(draft, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (to < 0) give_up(draft);
    if (kind == 'f' && !strcmp(key, lost_key)) keep_what_is_written(path, to, kept);
    else if (kind == 'f') keep_file(path, to);
    else keep_names(path, to);
    close(to);
    if (rename(draft, kept)) give_up(kept);
}

static void keep_deep(const char *path) {
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) give_up(path);
    keep(fd, path);
    DIR *entries = fdopendir(fd);
    if (!entries) { /* a file */
        close(fd);
        return;
    }
    struct dirent *entry;
    while ((entry = readdir(entries))) {
        char inner[4096];
        if (!strcmp(entry->d_name, ".") || !strcmp(entry->d_name, "..")) continue;
        snprintf(inner, sizeof inner, "%s/%s", path, entry->d_name);
        keep_deep(inner);
    }
    closedir(entries);
}

__attribute__((constructor)) static void begin(void) {
    folder = getenv("SHIM_FOLDER");
    shadow = getenv("SHIM_SHADOW");
    if (!folder || !shadow) {
        errno = EINVAL;
        give_up("SHIM_FOLDER, SHIM_SHADOW");
    }
    char key[96], path[4096];
    snprintf(path, sizeof path, "%s/root", shadow);
    int to = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (to < 0 || !key_of(AT_FDCWD, folder, key, sizeof key)) give_up(path);
    write_all(to, key, strlen(key));
    close(to);
    keep_deep(folder);
    const char *number = getenv("SHIM_FAILS_AT");
    fails_at = number ? atol(number) : 0;
}

static int is_db(const char *path) {
    const char *name = strrchr(path, '/');
    return name && !strcmp(name, "/db");
}

static int synced(int fd) {
    char link[64], path[4096];
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t length = readlink(link, path, sizeof path - 1);
    if (length < 0) {
        errno = EBADF;
        return -1;
    }
    path[length] = 0;
    size_t root = strlen(folder);
    if (!strncmp(path, folder, root) && (path[root] == '/' || !path[root])) {
        pthread_mutex_lock(&lock);
        int fails = fails_at && is_db(path) && ++syncs == fails_at;
        if (fails) lose(fd, link);
        else keep(fd, link);
        pthread_mutex_unlock(&lock);
        if (fails) {
            errno = EIO;
            return -1;
        }
    }
    return 0;
}

int fsync(int fd) { return synced(fd); }

int fdatasync(int fd) { return synced(fd); }
