# The entry for people, packagers and CI: `make help` says what there is.
# Parameters: PREFIX, DESTDIR, TARGET, CARGO, CARGO_FLAGS, CARGO_TARGET_DIR, ZSH_DIR, DEB_DIR, KERNEL, CGROUP, ARGS.

# The binaries. A new tool is one word here; its manual and completions are found by its name.
TOOLS = xunshare xnsenter xlsns xcgexec xcgroup xnetns xnscheck

PREFIX = /usr/local
DESTDIR =
CARGO = cargo
# For example `--locked --offline`.
CARGO_FLAGS =
# The Rust target; empty: static musl, or static glibc where there is no musl.
TARGET =
# The machine of `make vm`: 6.1 or 6.12; v2, v1 or hybrid.
KERNEL = 6.1
CGROUP = v2
# For `make bench`, `make test` and `make vm`: more arguments. For `make demo`: the lessons, all when there are none.
ARGS =

CARGO_TARGET_DIR ?= target
# Where `make` leaves the binaries, whatever the target.
BIN = $(abspath $(CARGO_TARGET_DIR))/bin

# Where `make deb` leaves the packages.
DEB_DIR = $(abspath $(CARGO_TARGET_DIR))/deb

bindir = $(DESTDIR)$(PREFIX)/bin
mandir = $(DESTDIR)$(PREFIX)/share/man
bashdir = $(DESTDIR)$(PREFIX)/share/bash-completion/completions
fishdir = $(DESTDIR)$(PREFIX)/share/fish/vendor_completions.d
# Debian's zsh does not look into /usr/share/zsh/site-functions.
ZSH_DIR = $(PREFIX)/share/zsh/$(if $(and $(filter /usr,$(PREFIX)),$(wildcard /etc/debian_version)),vendor-completions,site-functions)
zshdir = $(DESTDIR)$(ZSH_DIR)

MANUALS = $(foreach tool,$(TOOLS),$(wildcard man/$(tool).[1-8])) man/xns-walkthroughs.7
# The course: programs, but for lib.sh.
LESSONS = $(wildcard tests/lessons/w[0-9]*) $(addprefix tests/lessons/,run container.sh lib.sh)
# man/NAME.N belongs into manN.
installed_manual = $(mandir)/man$(subst .,,$(suffix $(1)))/$(notdir $(1))
lessonsdir = $(DESTDIR)$(PREFIX)/share/doc/xns/examples/lessons
INSTALLED = $(TOOLS:%=$(bindir)/%) $(foreach page,$(MANUALS),$(call installed_manual,$(page))) \
	$(TOOLS:%=$(bashdir)/%) $(TOOLS:%=$(zshdir)/_%) $(TOOLS:%=$(fishdir)/%.fish) \
	$(LESSONS:tests/lessons/%=$(lessonsdir)/%)

# rustup puts cargo there; a shell that was open before does not know.
export PATH := $(or $(CARGO_HOME),$(HOME)/.cargo)/bin:$(PATH)
override CARGO_TARGET_DIR := $(abspath $(CARGO_TARGET_DIR))
export CARGO CARGO_FLAGS CARGO_TARGET_DIR

.PHONY: all build install uninstall deb demo vm test test-vm bench man deps clean help
.NOTPARALLEL:

all: build

build:
	@scripts/build "$(BIN)" "$(TARGET)" $(TOOLS)

# What `make` has built is installed as it is: root is to build nothing in a user's tree.
install:
	@for tool in $(TOOLS); do test -x "$(BIN)/$$tool" || exec $(MAKE) --no-print-directory build; done
	$(foreach tool,$(TOOLS),install -D -m 755 "$(BIN)/$(tool)" "$(bindir)/$(tool)" &&) :
	$(foreach page,$(MANUALS),install -D -m 644 $(page) "$(call installed_manual,$(page))" &&) :
	$(foreach tool,$(TOOLS),install -D -m 644 completions/bash/$(tool) "$(bashdir)/$(tool)" &&) :
	$(foreach tool,$(TOOLS),install -D -m 644 completions/zsh/_$(tool) "$(zshdir)/_$(tool)" &&) :
	$(foreach tool,$(TOOLS),install -D -m 644 completions/fish/$(tool).fish "$(fishdir)/$(tool).fish" &&) :
	$(foreach file,$(LESSONS),install -D -m 755 $(file) "$(lessonsdir)/$(notdir $(file))" &&) :
	@echo "The zsh completion is in $(ZSH_DIR); ZSH_DIR=… chooses another directory of zsh's fpath."

uninstall:
	rm -f $(foreach file,$(INSTALLED),"$(file)")

deb:
	@for tool in $(TOOLS); do test -x "$(BIN)/$$tool" || exec $(MAKE) --no-print-directory build; done
	@MAKE="$(MAKE)" scripts/deb "$(DEB_DIR)"

demo:
	@scripts/deps demo
	@$(MAKE) --no-print-directory build
	@PATH="$(BIN):$$PATH" tests/lessons/run $(ARGS)

vm:
	@scripts/deps vm
	@$(MAKE) --no-print-directory build
	@$(CARGO) xtask vm --shell --kernel "$(KERNEL)" --layout "$(CGROUP)" --bin-dir "$(BIN)" $(ARGS)

test:
	@scripts/deps test
	@$(MAKE) --no-print-directory build
	@XNS_BIN_DIR="$(BIN)" $(CARGO) xtask test $(ARGS)

# Beside what `make test` runs in guests: the lessons with each kernel and layout, every test with each kernel.
test-vm:
	@scripts/deps test
	@$(MAKE) --no-print-directory build
	@XNS_BIN_DIR="$(BIN)" $(CARGO) xtask test --matrix

bench: build
	$(CARGO) run --quiet --release $(CARGO_FLAGS) -p xns-bench -- --ours "$(BIN)" $(ARGS)

# The manuals' OPTIONS and the completions, from the options tables; the lessons' manual from the lessons.
man:
	$(CARGO) xtask man
	$(CARGO) xtask completions
	tests/lessons/manual --write

deps:
	@scripts/deps all

clean:
	$(CARGO) clean

help:
	@echo "make            build the tools, static, into $(BIN)"
	@echo "make demo       install what is needed, build, and run the lessons of the course; ARGS='W3 W5': these"
	@echo "make vm         a machine to learn in, in QEMU: KERNEL=6.1|6.12 CGROUP=v2|v1|hybrid"
	@echo "make test       install what is needed, build, and run every test"
	@echo "make test-vm    every test and lesson in guests: kernels 6.1 and 6.12, cgroup v1, v2 and hybrid; two hours"
	@echo "make install    PREFIX=$(PREFIX) DESTDIR=$(DESTDIR): binaries, manuals, completions"
	@echo "make uninstall  remove them again"
	@echo "make deb        Debian packages into $(DEB_DIR): xns, and xns-replace, which takes the originals' names"
	@echo "make bench      what a launch costs, beside the original and the least possible; ARGS=--help"
	@echo "make man        write the manuals' OPTIONS and the completions anew"
	@echo "make deps       install what building, the demo and the tests need; not as root: say what is missing"
	@echo "make clean      remove what was built"
