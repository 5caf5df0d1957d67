//! Reads the file last, as it is read after the program has started: it overrules the environment.

use std::str::FromStr;

use chapter_12::Config;

/// Where a setting comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Source {
    /// `--maxclients 100`
    Flag,
    /// `FLASHKV_MAXCLIENTS=100`
    Environment,
    /// `maxclients 100`
    File,
}

/// A value that cannot be.
#[derive(Debug, PartialEq, Eq)]
pub struct WrongValue {
    /// Where it comes from.
    pub source: Source,
    /// The setting, as it is called in the file.
    pub name: String,
    /// What it was to be set to.
    pub value: String,
}

/// The configuration. `flags` and `environment` are pairs of a name and a value: `("maxclients", "100")` and
/// `("FLASHKV_MAXCLIENTS", "100")`.
pub fn load(
    flags: &[(&str, &str)],
    environment: &[(&str, &str)],
    file: &str,
) -> Result<Config, WrongValue> {
    let file = pairs(file);
    let find = |name: &str| {
        let variable = format!("FLASHKV_{}", name.to_uppercase().replace('-', "_"));
        let flag = last(flags, name).map(|value| (Source::Flag, value));
        let variable = last(environment, &variable).map(|value| (Source::Environment, value));
        let line = last(&file, name).map(|value| (Source::File, value));
        flag.or(line).or(variable)
    };
    let mut config = Config::default();
    if let Some((_, host)) = find("host") {
        config.host = host.to_owned();
    }
    config.port = number(find("port"), "port", 0, config.port)?;
    config.maxclients = number(find("maxclients"), "maxclients", 1, config.maxclients)?;
    let timeout = find("shutdown-timeout");
    config.shutdown_timeout = number(timeout, "shutdown-timeout", 0, config.shutdown_timeout)?;
    Ok(config)
}

fn last<'a>(pairs: &[(&'a str, &'a str)], name: &str) -> Option<&'a str> {
    pairs.iter().rev().find(|(found, _)| *found == name).map(|(_, value)| *value)
}

/// A number that was found, which must be one and not below `least`; or the default.
fn number<T: FromStr + PartialOrd>(
    found: Option<(Source, &str)>,
    name: &str,
    least: T,
    default: T,
) -> Result<T, WrongValue> {
    let Some((source, value)) = found else { return Ok(default) };
    let number = value.parse().ok().filter(|number| *number >= least);
    number.ok_or_else(|| WrongValue { source, name: name.to_owned(), value: value.to_owned() })
}

/// The pairs of a name and a value in a file.
fn pairs(file: &str) -> Vec<(&str, &str)> {
    let lines = file.lines().map(str::trim).filter(|line| !line.starts_with('#'));
    let pairs = lines.filter_map(|line| line.split_once(char::is_whitespace));
    pairs.map(|(name, value)| (name, value.trim())).collect()
}
