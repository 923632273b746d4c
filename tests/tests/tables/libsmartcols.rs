//! The installed libsmartcols, called by its documented interface.

use crate::{Case, Spec};
use std::ffi::{CStr, CString, c_char, c_double, c_int, c_void};
use std::ptr::null_mut;
use xns_cli::table::{Charset, Form, JsonKind};

type Ptr = *mut c_void;

const TRUNCATABLE: c_int = 1;
const TREE: c_int = 1 << 1;
const RIGHT: c_int = 1 << 2;
const WRAP: c_int = 1 << 6;
const NEVER_A_TERMINAL: c_int = 1;
const ALWAYS_A_TERMINAL: c_int = 2;

/// The library, loaded; it stays so.
pub(crate) struct Library(Ptr);

/// A function of the library, as the type that it is assigned to.
macro_rules! function {
    ($library:expr, $name:expr, fn($($argument:ty),*) -> $result:ty) => {{
        let symbol = $library.symbol($name);
        // SAFETY: the function of this name has these arguments, says the library's manual.
        unsafe { std::mem::transmute::<Ptr, unsafe extern "C" fn($($argument),*) -> $result>(symbol) }
    }};
}

impl Library {
    pub(crate) fn load() -> Self {
        // SAFETY: a library whose initialisation does nothing that a test minds.
        let library = unsafe { libc::dlopen(c"libsmartcols.so.1".as_ptr(), libc::RTLD_NOW) };
        assert!(!library.is_null(), "libsmartcols.so.1 cannot be loaded");
        Library(library)
    }

    fn symbol(&self, name: &CStr) -> Ptr {
        // SAFETY: the handle is that of a library which is never closed.
        let symbol = unsafe { libc::dlsym(self.0, name.as_ptr()) };
        assert!(!symbol.is_null(), "no {name:?}");
        symbol
    }

    /// What the library makes of the table.
    pub(crate) fn render(&self, case: &Case, form: Form<'_>) -> Vec<u8> {
        let locale = if case.look.charset == Charset::Utf8 { c"C.UTF-8" } else { c"C" };
        // SAFETY: one test, one thread: nobody reads the locale meanwhile.
        assert!(!unsafe { libc::setlocale(libc::LC_ALL, locale.as_ptr()) }.is_null(), "no {locale:?}");
        let new_table = function!(self, c"scols_new_table", fn() -> Ptr);
        // SAFETY: the table is freed below, after its last use.
        let table = unsafe { new_table() };
        self.set_form(table, case, form);
        for spec in &case.specs {
            self.add_column(table, spec, one_line(case, form));
        }
        self.add_rows(table, case, one_line(case, form));
        let print = function!(self, c"scols_print_table_to_string", fn(Ptr, *mut *mut c_char) -> c_int);
        let unref = function!(self, c"scols_unref_table", fn(Ptr) -> ());
        let mut text = null_mut();
        // SAFETY: the table is alive; the text is a string from malloc(3), or stays null.
        unsafe {
            let status = print(table, &raw mut text);
            unref(table);
            assert_eq!(status, 0);
            let bytes = if text.is_null() { Vec::new() } else { CStr::from_ptr(text).to_bytes().to_vec() };
            libc::free(text.cast());
            ended(bytes, case, form)
        }
    }

    fn set_form(&self, table: Ptr, case: &Case, form: Form<'_>) {
        let set = |name: &CStr, value: c_int| {
            let set = function!(self, name, fn(Ptr, c_int) -> c_int);
            // SAFETY: the table is alive.
            assert_eq!(unsafe { set(table, value) }, 0, "{name:?}");
        };
        set(c"scols_table_enable_noheadings", c_int::from(case.look.no_headings));
        match form {
            Form::Human => {}
            Form::Raw => set(c"scols_table_enable_raw", 1),
            Form::Json { name } => {
                set(c"scols_table_enable_json", 1);
                let set_name = function!(self, c"scols_table_set_name", fn(Ptr, *const c_char) -> c_int);
                let name = CString::new(name).unwrap();
                // SAFETY: the name is copied.
                assert_eq!(unsafe { set_name(table, name.as_ptr()) }, 0);
            }
        }
        let force = if case.look.width.is_some() { ALWAYS_A_TERMINAL } else { NEVER_A_TERMINAL };
        set(c"scols_table_set_termforce", force);
        if let Some(width) = case.look.width {
            let set_width = function!(self, c"scols_table_set_termwidth", fn(Ptr, usize) -> c_int);
            // SAFETY: the table is alive.
            assert_eq!(unsafe { set_width(table, width) }, 0);
        }
    }

    fn add_column(&self, table: Ptr, spec: &Spec, one_line: bool) {
        let new = function!(self, c"scols_table_new_column", fn(Ptr, *const c_char, c_double, c_int) -> Ptr);
        let set_kind = function!(self, c"scols_column_set_json_type", fn(Ptr, c_int) -> c_int);
        let set_safe = function!(self, c"scols_column_set_safechars", fn(Ptr, *const c_char) -> c_int);
        let set_wrap = function!(self, c"scols_column_set_wrapfunc", fn(Ptr, Ptr, Ptr, Ptr) -> c_int);
        let column = spec.column;
        let wrap = spec.lines && !one_line;
        let flags =
            [(column.truncatable, TRUNCATABLE), (column.tree, TREE), (column.right, RIGHT), (wrap, WRAP)];
        let flags = flags.into_iter().filter(|(set, _)| *set).fold(0, |all, (_, flag)| all | flag);
        let name = CString::new(column.name).unwrap();
        let kind = match column.json {
            JsonKind::Text => 0,
            JsonKind::Number => 1,
            JsonKind::Bool => 2,
            JsonKind::Lines => 3,
        };
        #[allow(clippy::cast_precision_loss, reason = "a few columns")]
        let hint = column.hint as c_double;
        // SAFETY: the table is alive, and so is its column; strings are copied. The library's own functions are given back to it.
        unsafe {
            let column = new(table, name.as_ptr(), hint, flags);
            assert_eq!(set_kind(column, kind), 0);
            if wrap {
                assert_eq!(set_safe(column, c"\n".as_ptr()), 0);
                let (size, next) =
                    (self.symbol(c"scols_wrapnl_chunksize"), self.symbol(c"scols_wrapnl_nextchunk"));
                assert_eq!(set_wrap(column, size, next, null_mut()), 0);
            }
        }
    }

    fn add_rows(&self, table: Ptr, case: &Case, one_line: bool) {
        let new = function!(self, c"scols_table_new_line", fn(Ptr, Ptr) -> Ptr);
        let set = function!(self, c"scols_line_set_data", fn(Ptr, usize, *const c_char) -> c_int);
        let mut rows: Vec<Ptr> = Vec::new();
        for (parent, cells) in &case.rows {
            let parent = parent.map_or(null_mut(), |parent| rows[parent]);
            // SAFETY: the table is alive, and so are its rows.
            let row = unsafe { new(table, parent) };
            rows.push(row);
            for (at, lines) in cells.iter().enumerate().filter(|(_, lines)| !lines.is_empty()) {
                let text = CString::new(lines.join(if one_line { &b","[..] } else { b"\n" })).unwrap();
                // SAFETY: the row has as many cells as there are columns; the text is copied.
                assert_eq!(unsafe { set(row, at, text.as_ptr()) }, 0);
            }
        }
    }
}

/// Are the lines of a cell joined before the library sees them, as lsns does?
fn one_line(case: &Case, form: Form<'_>) -> bool {
    case.look.no_wrap || form == Form::Raw
}

/// What the tools print: the text is without the last line end, except JSON.
fn ended(mut text: Vec<u8>, case: &Case, form: Form<'_>) -> Vec<u8> {
    if !case.rows.is_empty() && !matches!(form, Form::Json { .. }) {
        text.push(b'\n');
    }
    text
}
