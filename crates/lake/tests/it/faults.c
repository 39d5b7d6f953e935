/* Stands between SQLite and the disk: fails what it does with the register's files, as a full or broken disk or a held
 * lock would. Loaded by LD_PRELOAD into the test itself (faults.rs), which steers it through a shared page:
 * control[0] the fault (0 none, 1 ENOSPC, 2 EIO on writes and syncs, 3 a held lock, 4 EIO on reads too), control[1] how many calls still go through,
 * control[2] how many calls were failed. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

static atomic_int *control;

__attribute__((constructor)) static void attach(void) {
    const char *path = getenv("OMGANG_FAULTS");
    int fd = path ? open(path, O_RDWR) : -1;
    if (fd < 0) return;
    void *page = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    if (page != MAP_FAILED) control = page;
}

static int is_register(int fd) {
    char link[64], path[4096];
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t length = readlink(link, path, sizeof path - 1);
    if (length < 0) return 0;
    path[length] = 0;
    return strstr(path, "register.sqlite") != NULL;
}

/* The errno that this call on this file fails with now, or 0. */
static int fault(int fd, int is_write, int is_read, int is_lock) {
    if (!control) return 0;
    int kind = atomic_load(control);
    if (kind == 0) return 0;
    int hit = kind == 1 ? is_write : kind == 2 ? !is_read && !is_lock : kind == 3 ? is_lock : !is_lock;
    if (!hit || !is_register(fd)) return 0;
    if (atomic_fetch_sub(control + 1, 1) > 0) return 0;
    atomic_fetch_add(control + 2, 1);
    return kind == 1 ? ENOSPC : kind == 3 ? EAGAIN : EIO;
}

#define REAL(name, type) static type real; if (!real) real = (type)dlsym(RTLD_NEXT, name)
#define FAIL(fd, is_write, is_read) do { int wrong = fault(fd, is_write, is_read, 0); if (wrong) { errno = wrong; return -1; } } while (0)

typedef ssize_t (*transfer)(int, void *, size_t);
typedef ssize_t (*transfer_at)(int, void *, size_t, off_t);
typedef int (*on_file)(int);
typedef int (*resize)(int, off_t);
typedef int (*control_file)(int, int, ...);
typedef int (*nap)(const struct timespec *, struct timespec *);

ssize_t write(int fd, const void *data, size_t size) { REAL("write", transfer); FAIL(fd, 1, 0); return real(fd, (void *)data, size); }
ssize_t pwrite(int fd, const void *data, size_t size, off_t at) { REAL("pwrite", transfer_at); FAIL(fd, 1, 0); return real(fd, (void *)data, size, at); }
ssize_t pwrite64(int fd, const void *data, size_t size, off_t at) { REAL("pwrite64", transfer_at); FAIL(fd, 1, 0); return real(fd, (void *)data, size, at); }
ssize_t read(int fd, void *data, size_t size) { REAL("read", transfer); FAIL(fd, 0, 1); return real(fd, data, size); }
ssize_t pread(int fd, void *data, size_t size, off_t at) { REAL("pread", transfer_at); FAIL(fd, 0, 1); return real(fd, data, size, at); }
ssize_t pread64(int fd, void *data, size_t size, off_t at) { REAL("pread64", transfer_at); FAIL(fd, 0, 1); return real(fd, data, size, at); }
int fsync(int fd) { REAL("fsync", on_file); FAIL(fd, 0, 0); return real(fd); }
int fdatasync(int fd) { REAL("fdatasync", on_file); FAIL(fd, 0, 0); return real(fd); }
int ftruncate(int fd, off_t size) { REAL("ftruncate", resize); FAIL(fd, 0, 0); return real(fd, size); }
int ftruncate64(int fd, off_t size) { REAL("ftruncate64", resize); FAIL(fd, 0, 0); return real(fd, size); }

static int is_write_lock(int command, void *argument) {
    return command == F_SETLK && ((struct flock *)argument)->l_type == F_WRLCK;
}

int fcntl(int fd, int command, ...) {
    va_list rest;
    va_start(rest, command);
    void *argument = va_arg(rest, void *);
    va_end(rest);
    REAL("fcntl", control_file);
    if (is_write_lock(command, argument) && fault(fd, 0, 0, 1)) { errno = EAGAIN; return -1; }
    return real(fd, command, argument);
}

int fcntl64(int fd, int command, ...) {
    va_list rest;
    va_start(rest, command);
    void *argument = va_arg(rest, void *);
    va_end(rest);
    REAL("fcntl64", control_file);
    if (is_write_lock(command, argument) && fault(fd, 0, 0, 1)) { errno = EAGAIN; return -1; }
    return real(fd, command, argument);
}

/* SQLite adds up what it slept, not what the clock says: half a minute of waiting for a lock passes at once. */
int nanosleep(const struct timespec *wanted, struct timespec *left) {
    REAL("nanosleep", nap);
    if (control && atomic_load(control) == 3) { struct timespec blink = {0, 1000}; return real(&blink, left); }
    return real(wanted, left);
}
