/*
 * The limit of listing: lsns all|bare|net|pid PID reads what a table of namespaces needs, by the system calls that this needs
 * and no others, and prints it. `all` also examines every descriptor, which `bare` does not; `net` is `all` for one kind,
 * `pid` is `bare` for the namespaces of one process.
 *
 * A process takes an open of its ns, a readlinkat for each kind and a close (for one kind only a readlinkat); its descriptors an
 * open, an fstat, a readlinkat each and a close, and its sockets a pidfd once and a pidfd_getfd, SIOCGSKNS, fstat and two
 * closes each. A namespace is asked for its owner and parent once, and a row needs a command line and an owner.
 */
#include "sys.h"

#define O_NONBLOCK 04000
#if defined(__x86_64__)
#define O_DIRECTORY 0200000
#else
#define O_DIRECTORY 040000
#endif
#define NS_GET_USERNS 0xb701
#define NS_GET_PARENT 0xb702
#define NS_GET_OWNER_UID 0xb704
#define SIOCGSKNS 0x894c
#define EACCES 13
#define EPERM 1

#define KINDS 8
#define NET 3
#define PID 4
#define USER 5
#define MISSING 2   /* so many numbers of descriptors before the list is read */
#define MOST 65536UL /* namespaces; twice as many slots; pages that are not used take no memory */

static const char *const kinds[KINDS] = { "mnt", "uts", "ipc", "net", "pid", "user", "cgroup", "time" };

struct namespace {
	uword ino;
	unsigned int kind, processes, lowest, uid;
	int fd, socket; /* of `lowest`, if there are no processes */
	const char *mount;
};

struct dirent {
	uword ino, off;
	unsigned short reclen;
	unsigned char type;
	char name[];
};

static struct namespace found[MOST];
static unsigned int slots[2 * MOST], memo[KINDS], order[MOST];
static uword count, sockets[4 * MOST]; /* those that were asked */
static char pids[65536], fds[16384], mounts[1 << 20], passwd[65536], out[65536];
static uword written, passwd_size;
static word proc;
static unsigned int wanted = (1U << KINDS) - 1;
static uword only[KINDS];
static int examine, one;

static uword spread(uword n)
{
	return n * 0x9e3779b97f4a7c15UL >> 40;
}

static struct namespace *find(unsigned int kind, uword ino)
{
	uword slot = spread(ino) % (2 * MOST);

	if (memo[kind] && found[memo[kind] - 1].ino == ino)
		return &found[memo[kind] - 1];
	while (slots[slot] && found[slots[slot] - 1].ino != ino)
		slot = (slot + 1) % (2 * MOST);
	if (!slots[slot]) {
		if (count == MOST)
			leave(3);
		found[count].ino = ino;
		found[count].kind = kind;
		found[count].fd = found[count].socket = -1;
		slots[slot] = (unsigned int)++count;
	}
	memo[kind] = slots[slot];
	return &found[slots[slot] - 1];
}

static int is_new_socket(uword ino)
{
	uword slot = spread(ino) % (4 * MOST);

	while (sockets[slot] && sockets[slot] != ino)
		slot = (slot + 1) % (4 * MOST);
	if (sockets[slot])
		return 0;
	sockets[slot] = ino;
	return 1;
}

static char *append(char *to, const char *text)
{
	while (*text)
		*to++ = *text++;
	*to = 0;
	return to;
}

static char *append_number(char *to, uword n)
{
	if (n >= 10)
		to = append_number(to, n / 10);
	*to++ = (char)('0' + n % 10);
	*to = 0;
	return to;
}

/* N of `KIND:[N]`, and the kind; KINDS for what is none of them. */
static unsigned int parse(const char *text, uword length, uword *ino)
{
	for (unsigned int kind = 0; kind < KINDS; kind++) {
		const char *k = kinds[kind], *t = text;

		while (*k && *k == *t)
			k++, t++;
		if (!*k && t + 2 < text + length && t[0] == ':' && t[1] == '[') {
			*ino = number(t + 2);
			return kind;
		}
	}
	return KINDS;
}

static uword inode(word fd)
{
	struct stat s;

	return CALL2(NR_fstat, fd, &s) < 0 ? 0 : s.ino;
}

static void ask_socket(unsigned int pid, int fd, word *pidfd)
{
	word socket, network;

	if (*pidfd < 0)
		*pidfd = CALL2(NR_pidfd_open, pid, 0);
	socket = CALL3(NR_pidfd_getfd, *pidfd, fd, 0);
	if (socket < 0)
		return;
	network = CALL2(NR_ioctl, socket, SIOCGSKNS);
	CALL1(NR_close, socket);
	if (network >= 0) {
		struct namespace *n = find(NET, inode(network));

		CALL1(NR_close, network);
		if (!n->lowest)
			n->lowest = pid, n->socket = fd;
	}
}

/* Is there such a descriptor? */
static int look_at(word directory, unsigned int pid, const char *name, word *pidfd)
{
	char text[64];
	word length = CALL4(NR_readlinkat, directory, name, text, sizeof(text) - 1);
	unsigned int kind;
	uword ino;

	if (length < 0)
		return 0;
	if (text[0] == '/')
		return 1;
	text[length] = 0;
	if (text[0] == 's' && text[1] == 'o' && text[6] == ':') {
		if (wanted & 1 << NET && is_new_socket(number(text + 8)))
			ask_socket(pid, (int)number(name), pidfd);
		return 1;
	}
	kind = parse(text, (uword)length, &ino);
	if (kind < KINDS && wanted & 1U << kind) {
		struct namespace *n = find(kind, ino);

		if (!n->lowest)
			n->lowest = pid, n->fd = (int)number(name);
	}
	return 1;
}

/*
 * Descriptors are mostly the lowest numbers, and how many there are is the directory's size (Linux 6.2): they are tried in
 * turn, which spares the kernel a list (a tenth of all). When several are missing the list is read after all, for those that
 * were not tried.
 */
static void descriptors(unsigned int pid, const char *name)
{
	char path[32], text[16];
	word directory, list = -1, got, pidfd = -1;
	uword next = 0, missed = 0;
	struct stat s = { .ino = 0 };

	append(append(path, name), "/fd");
	directory = CALL3(NR_openat, proc, path, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (directory < 0)
		return;
	CALL2(NR_fstat, directory, &s);
	for (; next - missed < s.size && missed <= MISSING; next++) {
		append_number(text, next);
		missed += !look_at(directory, pid, text, &pidfd);
	}
	if (missed > MISSING)
		list = CALL3(NR_openat, directory, ".", O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	while (list >= 0 && (got = CALL3(NR_getdents64, list, fds, sizeof(fds))) > 0)
		for (char *p = fds; p < fds + got; p += ((struct dirent *)p)->reclen)
			if (((struct dirent *)p)->name[0] != '.' && number(((struct dirent *)p)->name) >= next)
				look_at(directory, pid, ((struct dirent *)p)->name, &pidfd);
	CALL1(NR_close, directory);
	if (list >= 0)
		CALL1(NR_close, list);
	if (pidfd >= 0)
		CALL1(NR_close, pidfd);
}

static int links(const char *name, uword numbers[KINDS])
{
	char path[32], text[64];
	word directory, length;
	uword ino;

	if (wanted == 1U << NET) {
		append(append(path, name), "/ns/net");
		length = CALL4(NR_readlinkat, proc, path, text, sizeof(text) - 1);
		numbers[NET] = length > 0 && parse(text, (uword)length, &ino) == NET ? ino : 0;
		return length > 0;
	}
	append(append(path, name), "/ns");
	directory = CALL3(NR_openat, proc, path, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (directory < 0)
		return 0;
	for (unsigned int kind = 0; kind < KINDS; kind++) {
		numbers[kind] = 0;
		if (!(wanted & 1U << kind))
			continue;
		length = CALL4(NR_readlinkat, directory, kinds[kind], text, sizeof(text) - 1);
		if (length > 0 && parse(text, (uword)length, &ino) == kind)
			numbers[kind] = ino;
	}
	CALL1(NR_close, directory);
	return 1;
}

static void process(const char *name)
{
	unsigned int pid = (unsigned int)number(name);
	uword numbers[KINDS] = { 0 };

	if (!links(name, numbers))
		return;
	for (unsigned int kind = 0; kind < KINDS; kind++) {
		struct namespace *n;

		if (!numbers[kind] || (one && only[kind] != numbers[kind]))
			continue;
		n = find(kind, numbers[kind]);
		if (!n->processes++)
			n->lowest = pid;
	}
	if (examine)
		descriptors(pid, name);
}

static void processes(void)
{
	word got;

	while ((got = CALL3(NR_getdents64, proc, pids, sizeof(pids))) > 0)
		for (char *p = pids; p < pids + got; p += ((struct dirent *)p)->reclen)
			if (((struct dirent *)p)->name[0] >= '0' && ((struct dirent *)p)->name[0] <= '9')
				process(((struct dirent *)p)->name);
}

static uword read_all(const char *path, char *to, uword size)
{
	word fd = CALL3(NR_openat, AT_FDCWD, path, O_RDONLY | O_CLOEXEC), got;
	uword length = 0;

	while (length < size - 1 && (got = CALL3(NR_read, fd, to + length, size - 1 - length)) > 0)
		length += (uword)got;
	CALL1(NR_close, fd);
	to[length] = 0;
	return length;
}

/* ID PARENT MAJOR:MINOR ROOT POINT OPTIONS … - nsfs … */
static void mounted(void)
{
	uword length = read_all("/proc/self/mountinfo", mounts, sizeof(mounts)), ino;

	for (char *line = mounts, *next; line < mounts + length; line = next) {
		char *word_at[5] = { line };
		int words = 1;
		unsigned int kind;

		for (next = line; *next && *next != '\n'; next++)
			if (*next == ' ' && words < 5)
				word_at[words++] = next + 1;
		next++;
		if (words < 5)
			continue;
		kind = parse(word_at[3], 64, &ino);
		if (kind < KINDS && wanted & 1U << kind) {
			struct namespace *n = find(kind, ino);
			char *end = word_at[4];

			while (*end != ' ')
				end++;
			*end = 0;
			n->mount = n->mount ? n->mount : word_at[4];
		}
	}
}

static word open_namespace(const struct namespace *n)
{
	char path[64];
	word pidfd, socket, fd;

	if (n->mount && !n->processes)
		return CALL3(NR_openat, AT_FDCWD, n->mount, O_RDONLY | O_CLOEXEC);
	if (n->socket >= 0 && !n->processes) {
		pidfd = CALL2(NR_pidfd_open, n->lowest, 0);
		socket = CALL3(NR_pidfd_getfd, pidfd, n->socket, 0);
		fd = CALL2(NR_ioctl, socket, SIOCGSKNS);
		CALL1(NR_close, socket);
		CALL1(NR_close, pidfd);
		return fd;
	}
	if (n->processes)
		append(append(append_number(path, n->lowest), "/ns/"), kinds[n->kind]);
	else
		append_number(append(append_number(path, n->lowest), "/fd/"), (uword)n->fd);
	return CALL3(NR_openat, proc, path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
}

static void relations(uword at, word fd);

/* One that nobody has seen is asked as well. */
static void above(unsigned int kind, word fd)
{
	uword before = count, ino;

	if (fd < 0)
		return;
	ino = inode(fd);
	if (wanted & 1U << kind && find(kind, ino) == &found[before])
		relations(before, fd);
	CALL1(NR_close, fd);
}

static void relations(uword at, word fd)
{
	word owner = CALL2(NR_ioctl, fd, NS_GET_USERNS);

	if (!found[at].processes)
		CALL3(NR_ioctl, found[at].kind == USER ? fd : owner, NS_GET_OWNER_UID, &found[at].uid);
	above(USER, owner);
	if (found[at].kind == PID)
		above(PID, CALL2(NR_ioctl, fd, NS_GET_PARENT));
}

static void relate(void)
{
	uword seen = count;

	for (uword at = 0; at < seen; at++) {
		word fd = -1;

		/* Without user and PID namespaces there is nothing above, but whose are those without processes? */
		if (wanted & (1U << USER | 1U << PID) || !found[at].processes)
			fd = open_namespace(&found[at]);

		if (fd >= 0) {
			relations(at, fd);
			CALL1(NR_close, fd);
		}
	}
}

static void sort(void)
{
	uword gap = 1;

	for (uword i = 0; i < count; i++)
		order[i] = (unsigned int)i;
	while (gap < count)
		gap = gap * 3 + 1;
	for (; gap; gap /= 3)
		for (uword i = gap; i < count; i++) {
			unsigned int moved = order[i];
			uword j = i;

			for (; j >= gap && found[order[j - gap]].ino > found[moved].ino; j -= gap)
				order[j] = order[j - gap];
			order[j] = moved;
		}
}

static void flush(void)
{
	CALL3(NR_write, 1, out, written);
	written = 0;
}

static void put(const char *text, uword length, uword width, int right)
{
	uword blanks = width > length ? width - length : 0;

	if (written + length + width + 2 > sizeof(out))
		flush();
	for (; right && blanks; blanks--)
		out[written++] = ' ';
	for (uword i = 0; i < length; i++)
		out[written++] = text[i];
	for (; blanks; blanks--)
		out[written++] = ' ';
	out[written++] = ' ';
}

static void put_number(uword n, uword width)
{
	char text[24];

	put(text, (uword)(append_number(text, n) - text), width, 1);
}

/* NAME:x:UID: */
static void put_user(uword uid)
{
	char *end = passwd + passwd_size;

	if (!passwd_size)
		passwd_size = read_all("/etc/passwd", passwd, sizeof(passwd)), end = passwd + passwd_size;
	for (char *line = passwd, *p; line < end; line = p + 1) {
		char *name = line;

		for (p = line; p < end && *p != ':'; p++)
			;
		char *name_end = p;

		for (p++; p < end && *p != ':'; p++)
			;
		if (p < end && number(p + 1) == uid) {
			put(name, (uword)(name_end - name), 8, 0);
			return;
		}
		while (p < end && *p != '\n')
			p++;
	}
	put_number(uid, 8);
}

static void row(const struct namespace *n)
{
	char path[32], text[4096];
	struct stat s = { .uid = n->uid };
	word fd, length = 0;

	if (n->processes) {
		char *slash = append_number(path, n->lowest);

		CALL4(NR_newfstatat, proc, path, &s, 0);
		append(slash, "/cmdline");
		fd = CALL3(NR_openat, proc, path, O_RDONLY | O_CLOEXEC);
		length = CALL3(NR_read, fd, text, sizeof(text));
		CALL1(NR_close, fd);
		if (length <= 0) {
			append(slash, "/comm");
			fd = CALL3(NR_openat, proc, path, O_RDONLY | O_CLOEXEC);
			length = CALL3(NR_read, fd, text, sizeof(text));
			CALL1(NR_close, fd);
		}
		while (length > 0 && (text[length - 1] == 0 || text[length - 1] == '\n'))
			length--;
		for (word i = 0; i < length; i++)
			text[i] = text[i] ? text[i] : ' ';
	} else if (n->mount) {
		length = append(text, n->mount) - text;
	}
	put_number(n->ino, 10);
	put(kinds[n->kind], (uword)(append(path, kinds[n->kind]) - path), 6, 0);
	put_number(n->processes, 6);
	put_number(n->processes ? n->lowest : 0, 7);
	put_user(s.uid);
	put(text, length > 0 ? (uword)length : 0, 0, 0);
	out[written - 1] = '\n';
}

__attribute__((noreturn, used)) void start(uword *sp)
{
	char **argv = (char **)(sp + 1);

	if (sp[0] < 2)
		leave(100);
	proc = CALL3(NR_openat, AT_FDCWD, "/proc", O_RDONLY | O_CLOEXEC);
	examine = same(argv[1], "all") || same(argv[1], "net");
	if (same(argv[1], "net"))
		wanted = 1U << NET;
	if (same(argv[1], "pid")) {
		one = 1;
		if (sp[0] < 3 || !links(argv[2], only))
			leave(101);
	}
	processes();
	if (!one) {
		mounted();
		relate();
	}
	sort();
	written = (uword)(append(out, "        NS TYPE   NPROCS     PID USER     COMMAND\n") - out);
	for (uword i = 0; i < count; i++)
		row(&found[order[i]]);
	flush();
	leave(0);
}
