/*
 * The limit: `limit MODE PROGRAM [ARGUMENT…]` brings itself into the state that the mode names, by the system calls
 * that this needs and no others, and executes the program. It has no libc, so that nothing starts up before it. A mode
 * that enters namespaces has one word more before the program: the PID or the file.
 */
#include "sys.h"

#define PIDNS (CLONE_NEWPID | CLONE_NEWNS)
/* Those of target.c. One setns takes them all (Linux 5.8). */
#define ALLNS (PIDNS | CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWNET | CLONE_NEWCGROUP)
/* What the child of a pid namespace is made with: a launch takes 174 µs with VFORK, 191 with FORK (see README.md). */
#define FORK SIGCHLD
#define VFORK (CLONE_VM | CLONE_VFORK | SIGCHLD)

struct mode {
	const char *name;
	uword unshare; /* namespaces of the caller */
	uword clone;   /* flags of the child's clone; 0: no child, the caller executes the program itself */
	uword enter;   /* namespaces that exist, and are entered */
	word (*open)(const char *); /* whose: a descriptor for the word after the mode */
};

static word of_process(const char *pid)
{
	return CALL2(NR_pidfd_open, number(pid), 0);
}

/* Close-on-exec instead of closed: the exec does it anyway. A pidfd is born so. */
static word of_file(const char *path)
{
	return CALL4(NR_openat, AT_FDCWD, path, O_RDONLY | O_CLOEXEC, 0);
}

/* The mode is recognised by name in a few nanoseconds; a new tool's modes are new rows. */
static const struct mode modes[] = {
	{ "uts", .unshare = CLONE_NEWUTS },
	{ "user", .unshare = CLONE_NEWUSER },
	{ "mnt", .unshare = CLONE_NEWNS },
	{ "pidproc", .unshare = PIDNS, .clone = VFORK },
	{ "utsipcnet", .unshare = CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWNET },
	{ "all", .unshare = CLONE_NEWUSER | CLONE_NEWUTS | PIDNS, .clone = VFORK },
	{ "enter-all", .enter = ALLNS, .open = of_process, .clone = VFORK },
	{ "enter-net", .enter = CLONE_NEWNET, .open = of_file },
	/* The same by other ways, for comparison. */
	{ "pidproc-fork", .unshare = PIDNS, .clone = FORK },
	{ "pidproc-clone", .clone = PIDNS | VFORK },
	{ "enter-all-fork", .enter = ALLNS, .open = of_process, .clone = FORK },
};

struct launch {
	char **argv;
	char **envp;
	const struct mode *mode;
};

static void must(word ret, int status)
{
	if (ret < 0)
		leave(status);
}

static void write_file(const char *path, const char *text, uword len)
{
	word fd = CALL4(NR_openat, AT_FDCWD, path, O_WRONLY | O_CLOEXEC, 0);

	must(fd, 101);
	must(CALL3(NR_write, fd, text, len), 102);
}

/* "0 ID 1": root inside is the caller outside. */
static void write_map(const char *path, uword id)
{
	char text[32];
	char *end = text + sizeof(text);
	char *p = end;

	*--p = '1';
	*--p = ' ';
	do
		*--p = (char)('0' + id % 10);
	while (id /= 10);
	*--p = ' ';
	*--p = '0';
	write_file(path, p, (uword)(end - p));
}

static void map_root(uword uid, uword gid)
{
	write_map("/proc/self/uid_map", uid);
	write_file("/proc/self/setgroups", "deny", 4);
	write_map("/proc/self/gid_map", gid);
}

static void make_private(void)
{
	must(CALL5(NR_mount, "none", "/", NULL, MS_REC | MS_PRIVATE, NULL), 103);
}

static void execute(const struct launch *l)
{
	CALL3(NR_execve, l->argv[0], l->argv, l->envp);
	leave(127);
}

static void child(void *arg)
{
	const struct launch *l = arg;

	if (l->mode->clone & CLONE_NEWNS)
		make_private();
	/* Who enters a PID namespace finds its proc mounted there. */
	if (!l->mode->enter)
		must(CALL5(NR_mount, "proc", "/proc", "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL), 104);
	execute(l);
}

static void spawn_and_wait(struct launch *l)
{
	int status = 0;
	word pid = spawn(l->mode->clone, child, l);

	must(pid, 105);
	must(CALL4(NR_wait4, pid, &status, 0, NULL), 106);
	leave(status & 0x7f ? 128 + (status & 0x7f) : status >> 8 & 0xff);
}

static void enter(struct launch *l)
{
	word fd = l->mode->open(*l->argv++);

	must(fd, 108);
	must(CALL2(NR_setns, fd, l->mode->enter), 109);
	if (!*l->argv)
		leave(100);
}

static const struct mode *find_mode(const char *name)
{
	for (uword i = 0; i < sizeof(modes) / sizeof(modes[0]); i++)
		if (same(modes[i].name, name))
			return &modes[i];
	leave(100);
}

__attribute__((noreturn, used)) void start(uword *sp)
{
	uword argc = sp[0];
	char **argv = (char **)(sp + 1);
	struct launch l = { argv + 2, argv + argc + 1, NULL };
	uword uid = 0, gid = 0;

	if (argc < 3)
		leave(100);
	l.mode = find_mode(argv[1]);
	if (l.mode->enter)
		enter(&l);
	if (l.mode->unshare & CLONE_NEWUSER) {
		uid = (uword)CALL0(NR_geteuid);
		gid = (uword)CALL0(NR_getegid);
	}
	if (l.mode->unshare)
		must(CALL1(NR_unshare, l.mode->unshare), 107);
	if (l.mode->unshare & CLONE_NEWUSER)
		map_root(uid, gid);
	if (l.mode->unshare & CLONE_NEWNS)
		make_private();
	if (l.mode->clone)
		spawn_and_wait(&l);
	execute(&l);
	leave(127);
}
