//! Memory and swap.

use super::ground::{Ground, Home};
use super::{LimitError, LimitKey, Limits, Setting};
use crate::Version;
use crate::quantity::{Amount, Bytes, QuantityError, Reason, Typed};

/// What the kernel without accounting of swap has no files for.
const NO_SWAP: &str = "this kernel does not count swap for a group, so that it is not bounded";
/// Version 1's word for no limit.
pub(super) const NONE: &str = "-1";

pub(super) fn settings(limits: &Limits, ground: &Ground<'_>) -> Result<Vec<Setting>, LimitError> {
    let first = [
        (LimitKey::Memory, &limits.memory),
        (LimitKey::Swap, &limits.swap),
        (LimitKey::MemoryRequest, &limits.memory_request),
    ];
    let Some(key) = first.into_iter().find_map(|(key, given)| given.is_some().then_some(key)) else {
        return Ok(Vec::new());
    };
    let home = ground.home(key, "memory")?;
    match home.tree.version() {
        Version::V1 => version1(limits, ground, &home),
        Version::V2 => version2(limits, ground, &home),
    }
}

fn version2(limits: &Limits, ground: &Ground<'_>, home: &Home<'_>) -> Result<Vec<Setting>, LimitError> {
    let mut settings = Vec::new();
    if let Some(memory) = &limits.memory {
        let note = exact(LimitKey::Memory, memory, ground)?;
        settings.push(home.setting("memory.max", memory.value.0).noted(note));
    }
    match (&limits.memory, &limits.swap) {
        (_, Some(swap)) => {
            let note = exact(LimitKey::Swap, swap, ground)?;
            settings.push(home.of(LimitKey::Swap).setting("memory.swap.max", swap.value.0).noted(note));
        }
        (Some(memory), None) => {
            let (value, note) = match memory.value.0 {
                Amount::Max => ("max", None),
                Amount::Of(_) => ("0", Some("no swap beside the memory, unless --swap is given".to_owned())),
            };
            settings.push(unbounded(
                home.setting("memory.swap.max", value).or_pass(NO_SWAP).noted(note),
                "memory.max",
                home,
                ground,
            ));
        }
        (None, None) => {}
    }
    if let Some(request) = &limits.memory_request {
        let note = exact(LimitKey::MemoryRequest, request, ground)?;
        settings.push(home.of(LimitKey::MemoryRequest).setting("memory.low", request.value.0).noted(note));
    }
    Ok(settings)
}

fn version1(limits: &Limits, ground: &Ground<'_>, home: &Home<'_>) -> Result<Vec<Setting>, LimitError> {
    const LIMIT: &str = "memory.limit_in_bytes";
    const BOTH: &str = "memory.memsw.limit_in_bytes";
    let mut settings = Vec::new();
    if let Some(memory) = &limits.memory {
        let note = exact(LimitKey::Memory, memory, ground)?;
        settings.push(home.setting(LIMIT, memory.value.0.or(NONE)).noted(note));
    }
    let now = ground.number(home.tree, LIMIT).map(bound);
    if let Some(both) = both(limits, now)? {
        let key = if limits.swap.is_some() { LimitKey::Swap } else { LimitKey::Memory };
        let setting = home.of(key).setting(BOTH, both.or(NONE)).noted(match (both, &limits.swap) {
            (Amount::Max, _) => None,
            (_, None) => {
                Some("memory and swap together: no swap beside the memory, unless --swap is given".to_owned())
            }
            (Amount::Of(_), Some(swap)) => {
                exact(LimitKey::Swap, swap, ground)?;
                Some(format!("memory and swap together; swap: {swap}"))
            }
        });
        let setting = match limits.swap {
            Some(_) => setting,
            None => unbounded(setting.or_pass(NO_SWAP), LIMIT, home, ground),
        };
        // The kernel holds both never below memory alone: where memory grows beyond what both are now, both grow first.
        let before =
            ground.number(home.tree, BOTH).map_or(u64::MAX, |now| bound(now).number().unwrap_or(u64::MAX));
        let memory = limits.memory.as_ref().and_then(|memory| memory.value.0.number()).unwrap_or(u64::MAX);
        let grows = limits.memory.is_some() && memory > before;
        settings.insert(if grows { 0 } else { settings.len() }, setting);
    }
    if let Some(request) = &limits.memory_request {
        let note = exact(LimitKey::MemoryRequest, request, ground)?;
        let setting = home
            .of(LimitKey::MemoryRequest)
            .setting("memory.soft_limit_in_bytes", request.value.0.or(NONE))
            .noted(note);
        settings.push(setting.telling(
            "version 1 protects no memory: with the soft limit, what is above it is reclaimed first when memory is short".to_owned(),
        ));
    }
    Ok(settings)
}

/// Says so where groups like it have the limit of memory, and no file for swap.
fn unbounded(setting: Setting, beside: &str, home: &Home<'_>, ground: &Ground<'_>) -> Setting {
    let above = (ground.group)(home.tree).and_then(|group| Some(group.parent()?.to_owned()));
    let has = |file: &str| above.as_ref().is_some_and(|above| ground.line(above, file).is_some());
    let is_unbounded = has(beside) && !has(&setting.file);
    setting.telling(is_unbounded.then(|| NO_SWAP.to_owned()))
}

/// Memory and swap together, as version 1 bounds them. `now` is the limit of memory that the group has already.
fn both(limits: &Limits, now: Option<Amount>) -> Result<Option<Amount>, LimitError> {
    let key = LimitKey::Swap;
    let memory = limits.memory.as_ref().map(|memory| memory.value.0);
    let Some(swap) = limits.swap.as_ref().map(|swap| swap.value.0) else { return Ok(memory) };
    match (memory.or(now), swap) {
        (_, Amount::Max) => Ok(Some(Amount::Max)),
        (Some(Amount::Of(memory)), Amount::Of(swap)) => {
            let sum = memory.checked_add(swap).filter(|sum| *sum < Bytes::LIMITLESS);
            sum.map(|sum| Some(Amount::Of(sum))).ok_or(LimitError::SumLarge { key })
        }
        (Some(Amount::Max) | None, Amount::Of(_)) => Err(LimitError::SwapAlone { key }),
    }
}

/// As version 1 prints it.
pub(super) fn bound(number: u64) -> Amount {
    if number >= Bytes::LIMITLESS { Amount::Max } else { Amount::Of(number) }
}

/// What is told of a number of bytes: the exact number, and what the kernel makes of it.
pub(super) fn exact(
    key: LimitKey,
    typed: &Typed<Bytes>,
    ground: &Ground<'_>,
) -> Result<Option<String>, LimitError> {
    let (page, exactly) = (ground.page(), typed.exactly());
    match typed.value.0 {
        Amount::Of(bytes) if bytes > 0 && bytes < page => {
            let error = QuantityError { text: (&typed.text).into(), at: 0, reason: Reason::BelowPage(page) };
            Err(LimitError::Value { key, error })
        }
        Amount::Of(bytes) if bytes % page != 0 => {
            let whole = bytes / page * page;
            let start = exactly.map(|text| format!("{text}; ")).unwrap_or_default();
            Ok(Some(format!("{start}the kernel keeps whole pages: {whole} bytes")))
        }
        Amount::Of(_) | Amount::Max => Ok(exactly),
    }
}
