//! The rules as a program of BPF_PROG_TYPE_CGROUP_DEVICE (bpf(2)): it gets the device and the access, and answers 1 or 0.
//!
//! ```text
//!     type   = *(u32 *)(context + 0) & 0xffff      of `struct bpf_cgroup_dev_ctx`, linux/bpf.h
//!     access = *(u32 *)(context + 0) >> 16
//!     major  = *(u32 *)(context + 4)
//!     minor  = *(u32 *)(context + 8)
//!     for each exception:  does one of its comparisons fail, go on with the next; answer !default
//!     answer default
//! ```

use super::{Access, Nodes, Rules, Sort};
use xns_sys::bpf::Instruction;

/// What the kernel calls it (bpftool-prog(8)).
pub(super) const NAME: &str = "xns_devices";

/// Registers: the answer, the context, and what is taken from it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Register {
    Answer = 0,
    Context = 1,
    Access = 2,
    Kind = 3,
    Major = 4,
    Minor = 5,
}

/// What the program is written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Op {
    /// `to = *(u32 *)(context + offset)`
    Load { to: Register, offset: i16 },
    /// `to = from`
    Copy { to: Register, from: Register },
    /// `to = number`
    Set { to: Register, number: i32 },
    /// `to &= number`
    And { to: Register, number: i32 },
    /// `to >>= number`
    Shift { to: Register, number: i32 },
    /// `if (what != number) skip`
    Unless { what: Register, number: i32, skip: i16 },
    /// `if (what & number) skip`
    IfAny { what: Register, number: i32, skip: i16 },
    /// `skip`
    Skip { skip: i16 },
    /// `return answer`
    Return,
}

impl Op {
    /// As the kernel reads it (Documentation/bpf/standardization/instruction-set.rst).
    fn encode(self) -> Instruction {
        // Classes, sizes and modes, sources, operations.
        const LDX: u8 = 0x01;
        const ALU: u8 = 0x04;
        const JMP: u8 = 0x05;
        const ALU64: u8 = 0x07;
        const MEM_WORD: u8 = 0x60;
        const REGISTER: u8 = 0x08;
        let make = |code, to: Register, from: Register, offset, immediate| Instruction {
            code,
            registers: to as u8 | (from as u8) << 4,
            offset,
            immediate,
        };
        // r0 stands in a field that the operation has not.
        let none = Register::Answer;
        match self {
            Op::Load { to, offset } => make(LDX | MEM_WORD, to, Register::Context, offset, 0),
            Op::Copy { to, from } => make(ALU64 | 0xb0 | REGISTER, to, from, 0, 0),
            Op::Set { to, number } => make(ALU64 | 0xb0, to, none, 0, number),
            Op::And { to, number } => make(ALU | 0x50, to, none, 0, number),
            Op::Shift { to, number } => make(ALU | 0x70, to, none, 0, number),
            Op::Unless { what, number, skip } => make(JMP | 0x50, what, none, skip, number),
            Op::IfAny { what, number, skip } => make(JMP | 0x40, what, none, skip, number),
            Op::Skip { skip } => make(JMP, none, none, skip, 0),
            Op::Return => make(JMP | 0x90, none, none, 0, 0),
        }
    }
}

impl Rules {
    /// The program that decides as [`Rules::permits`] does.
    pub fn program(&self) -> Vec<Instruction> {
        use Register::{Access, Answer, Kind, Major, Minor};
        let mut program = vec![
            Op::Load { to: Access, offset: 0 },
            Op::Copy { to: Kind, from: Access },
            Op::And { to: Kind, number: 0xffff },
            Op::Shift { to: Access, number: 16 },
            Op::Load { to: Major, offset: 4 },
            Op::Load { to: Minor, offset: 8 },
        ];
        let default = self.allow_by_default();
        for exception in self.exceptions() {
            program.extend(exceptional(exception, default));
        }
        program.extend([Op::Set { to: Answer, number: default.into() }, Op::Return]);
        program.into_iter().map(Op::encode).collect()
    }
}

/// Answers the contrary of the default for what the exception is about, and goes on behind itself for all else.
fn exceptional(exception: &Nodes, default: bool) -> Vec<Op> {
    let kind = match exception.sort {
        Sort::Block => 1,
        Sort::Char => 2,
    };
    let equal = |what, number| Op::Unless { what, number, skip: 0 };
    let number = |number: u32| i32::try_from(number).unwrap_or(-1);
    let mut ops = vec![equal(Register::Kind, kind)];
    ops.extend(exception.major.map(|major| equal(Register::Major, number(major))));
    ops.extend(exception.minor.map(|minor| equal(Register::Minor, number(minor))));
    let bits = |access: Access| i32::from(access.bits());
    let what = Register::Access;
    match default {
        // A denial counts for an access of which it denies a part.
        true => {
            ops.extend([Op::IfAny { what, number: bits(exception.access), skip: 1 }, Op::Skip { skip: 0 }])
        }
        // A permission counts for an access of which nothing is outside of it.
        false => ops.push(Op::IfAny { what, number: bits(!exception.access), skip: 0 }),
    }
    ops.extend([Op::Set { to: Register::Answer, number: (!default).into() }, Op::Return]);
    // What skips nothing yet skips all that follows of this exception.
    let length = ops.len();
    for (at, op) in ops.iter_mut().enumerate() {
        if let Op::Unless { skip, .. } | Op::IfAny { skip, .. } | Op::Skip { skip } = op
            && *skip == 0
        {
            *skip = i16::try_from(length - at - 1).unwrap_or(i16::MAX);
        }
    }
    ops
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::device::Rule;
    use proptest::prelude::*;

    /// What the program answers, by the instructions' meaning. `None` for what the verifier would refuse.
    fn run(program: &[Instruction], context: [u32; 3]) -> Option<u64> {
        let mut registers = [None::<u64>; 11];
        let mut at = 0usize;
        // It only goes forward.
        for _ in 0..=program.len() {
            let Instruction { code, registers: pair, offset, immediate } = *program.get(at)?;
            let (to, from) = (usize::from(pair & 15), usize::from(pair >> 4));
            let number = immediate as i64 as u64;
            at += 1;
            let jump = match code {
                // ldxw, from the context in r1 only, within it.
                0x61 if from == 1 && offset % 4 == 0 => {
                    registers[to] = Some(u64::from(*context.get(usize::try_from(offset).ok()? / 4)?));
                    false
                }
                // mov64 of a register, of a number; and32, rsh32 of a number.
                0xbf => {
                    registers[to] = Some(registers[from]?);
                    false
                }
                0xb7 => {
                    registers[to] = Some(number);
                    false
                }
                0x54 => {
                    registers[to] = Some(registers[to]? & number & 0xffff_ffff);
                    false
                }
                0x74 => {
                    registers[to] = Some((registers[to]? & 0xffff_ffff) >> number);
                    false
                }
                // ja, jset, jne of a number.
                0x05 => true,
                0x45 => registers[to]? & number != 0,
                0x55 => registers[to]? != number,
                0x95 => return registers[0],
                _ => return None,
            };
            if jump {
                at += usize::try_from(offset).ok()?;
            }
        }
        None
    }

    /// `struct bpf_cgroup_dev_ctx`
    fn context(sort: Sort, major: u32, minor: u32, access: u8) -> [u32; 3] {
        let kind = if sort == Sort::Block { 1 } else { 2 };
        [u32::from(access) << 16 | kind, major, minor]
    }

    fn number() -> impl Strategy<Value = Option<u32>> {
        prop_oneof![Just(None), (0..4u32).prop_map(Some), Just(Some(4095))]
    }

    fn rule() -> impl Strategy<Value = Rule> {
        let sort = prop_oneof![Just("b"), Just("c")];
        let access = prop::sample::subsequence(vec!["r", "w", "m"], 1..=3);
        let text = |number: Option<u32>| number.map_or("*".to_owned(), |number| number.to_string());
        let rule = (sort, number(), number(), access).prop_map(move |(sort, major, minor, access)| {
            let text = format!("{sort} {}:{} {}", text(major), text(minor), access.concat());
            Rule::parse_numbers(text.as_bytes()).unwrap()
        });
        prop_oneof![20 => rule, 1 => Just(Rule::All)]
    }

    #[test]
    fn it_is_as_small_as_the_rules() {
        let one = Rule::parse_numbers(b"c 1:3 r").unwrap();
        let deny = Rules::new(&[], &[one]).unwrap().program();
        assert_eq!(deny.len(), 6 + 7 + 2);
        // struct bpf_insn of `r2 = *(u32 *)(r1 + 0)` and of `exit`.
        assert_eq!(deny[0], Instruction { code: 0x61, registers: 0x12, offset: 0, immediate: 0 });
        assert_eq!(deny[14], Instruction { code: 0x95, registers: 0, offset: 0, immediate: 0 });
        let all = Rules::new(&[Rule::All], &[]).unwrap().program();
        assert_eq!((all.len(), run(&all, context(Sort::Block, 8, 0, 7))), (8, Some(1)));
    }

    proptest! {
        #[test]
        fn it_decides_as_the_rules_do(
            allow in prop::collection::vec(rule(), 0..6),
            deny in prop::collection::vec(rule(), 0..4),
            block: bool, major in 0..5u32, minor in 0..5u32, bits in 0..8u8,
        ) {
            let Ok(rules) = Rules::new(&allow, &deny) else { return Ok(()) };
            let sort = if block { Sort::Block } else { Sort::Char };
            let access = [Access::MKNOD, Access::READ, Access::WRITE].into_iter()
                .filter(|one| one.bits() & bits != 0)
                .fold(Access::NONE, |all, one| all | one);
            let answer = run(&rules.program(), context(sort, major, minor, bits));
            prop_assert_eq!(answer, Some(u64::from(rules.permits(sort, major, minor, access))));
        }
    }
}
