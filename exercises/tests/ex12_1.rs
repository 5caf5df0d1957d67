//! The check of exercise 12.1. No real environment is touched: it would be that of all tests at once.

use std::process::ExitCode;

use chapter_12::Config;
use exercises::{Check, Failure, Verdict};

#[cfg_attr(feature = "solutions", path = "../solutions/ex12_1.rs")]
#[cfg_attr(not(feature = "solutions"), path = "../src/ex12_1.rs")]
#[cfg_attr(not(feature = "solutions"), allow(unused, clippy::all, clippy::todo))]
#[allow(unreachable_pub, reason = "an answer is a module here")]
mod answer;

use answer::{Source, WrongValue};

type Pairs<'a> = &'a [(&'a str, &'a str)];

fn main() -> ExitCode {
    exercises::run("12.1", check)
}

fn check(check: &Check) -> Verdict {
    check.step("nothing is set");
    check.means("Where nobody says anything, the defaults of `Config` hold.");
    loads(check, &[], &[], "", "127.0.0.1 7012 10000 10")?;

    check.step("settings from one place");
    check.means("Each place can set each setting. In the environment the names begin with FLASHKV_, in upper case, with _ for -.");
    let flags = [("host", "::1"), ("port", "1"), ("maxclients", "2"), ("shutdown-timeout", "3")];
    loads(check, &flags, &[], "", "::1 1 2 3")?;
    let variables = [
        ("FLASHKV_HOST", "::1"),
        ("FLASHKV_PORT", "1"),
        ("FLASHKV_MAXCLIENTS", "2"),
        ("FLASHKV_SHUTDOWN_TIMEOUT", "3"),
        ("PORT", "9"),
    ];
    loads(check, &[], &variables, "", "::1 1 2 3")?;
    let file = "# ours\nhost ::1\nport 1\n\nmaxclients   2\nshutdown-timeout 3\n# port 9\n";
    loads(check, &[], &[], file, "::1 1 2 3")?;

    check.step("settings from several places");
    check.means(
        "Each setting by itself: that one comes from a flag says nothing about the others. Who sets the port at the \
         command line does not want to lose the rest of the file.",
    );
    let file = "shutdown-timeout 30\n";
    loads(check, &[("port", "1")], &[("FLASHKV_MAXCLIENTS", "20")], file, "127.0.0.1 1 20 30")?;

    check.step("a setting that is there more than once");
    check.means(
        "The nearer to the person who starts the server, the stronger: a file is written once for many servers, a \
         variable is set for one, a flag is typed for this one start.",
    );
    let [flag, variable] = [[("port", "1")], [("FLASHKV_PORT", "2")]];
    loads(check, &flag, &variable, "port 3", "127.0.0.1 1 10000 10")?;
    loads(check, &flag, &[], "port 3", "127.0.0.1 1 10000 10")?;
    loads(check, &[], &variable, "port 3", "127.0.0.1 2 10000 10")?;
    check.means(
        "In a file the last line counts: people add to the end, to overrule what stands above.",
    );
    loads(check, &[], &[], "port 3\nmaxclients 5\nport 4", "127.0.0.1 4 5 10")?;

    check.step("values that cannot be");
    for value in ["many", "", "1e3", "4294967296", "-1"] {
        check.means(
            "Somebody wanted something and mistyped it. If the server starts with another value instead, it is found \
             out when it matters: under load. It must not start, and must say which value of which place is wrong.",
        );
        let wrong = (Source::Flag, "maxclients", value);
        refuses(check, &[("maxclients", value)], &[], "maxclients 10", wrong)?;
        let variable = [("FLASHKV_SHUTDOWN_TIMEOUT", value)];
        let wrong = (Source::Environment, "shutdown-timeout", value);
        refuses(check, &[], &variable, "shutdown-timeout 7", wrong)?;
    }
    refuses(check, &[], &[], "port 65536\n", (Source::File, "port", "65536"))?;
    check.means("A server for no clients is a server that refuses all of them. Nobody wants that: it is a mistake.");
    refuses(check, &[("maxclients", "0")], &[], "", (Source::Flag, "maxclients", "0"))?;
    check.means("For the others 0 has a meaning: any port, no time to wait.");
    loads(check, &[("port", "0"), ("shutdown-timeout", "0")], &[], "", "127.0.0.1 0 10000 0")?;

    check.step("values that do not count");
    check.means(
        "A flag is how one gets a server to start although the file is wrong: what is overruled is not even looked at.",
    );
    let variable = [("FLASHKV_PORT", "none")];
    loads(check, &[("port", "1")], &variable, "port none\nport 70000", "127.0.0.1 1 10000 10")?;
    loads(check, &[], &[], "maxclients many\nmaxclients 5", "127.0.0.1 7012 5 10")
}

fn load(
    check: &Check,
    flags: Pairs<'_>,
    environment: Pairs<'_>,
    file: &str,
) -> Result<Config, WrongValue> {
    let told = |pairs: Pairs<'_>, middle: &str| {
        let pairs: Vec<String> =
            pairs.iter().map(|(name, value)| format!("{name}{middle}{value}")).collect();
        if pairs.is_empty() { "none".to_owned() } else { pairs.join(" ") }
    };
    check.did(format!(
        "flags: {}; environment: {}; file: {file:?}",
        told(flags, "="),
        told(environment, "=")
    ));
    answer::load(flags, environment, file)
}

fn line(config: &Config) -> String {
    let Config { host, port, maxclients, shutdown_timeout } = config;
    labelled(&format!("{host} {port} {maxclients} {shutdown_timeout}"))
}

/// Four values, with their names.
fn labelled(values: &str) -> String {
    let names = ["host", "port", "maxclients", "shutdown-timeout"];
    let pairs = names.iter().zip(values.split(' '));
    pairs.map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join(" ")
}

fn loads(
    check: &Check,
    flags: Pairs<'_>,
    environment: Pairs<'_>,
    file: &str,
    expected: &str,
) -> Verdict {
    let expected = labelled(expected);
    match load(check, flags, environment, file) {
        Ok(config) => check.bytes(expected, line(&config)),
        Err(error) => Err(Failure::told(expected, format!("{error:?}"))),
    }
}

fn refuses(
    check: &Check,
    flags: Pairs<'_>,
    environment: Pairs<'_>,
    file: &str,
    (source, name, value): (Source, &str, &str),
) -> Verdict {
    let (name, value) = (name.to_owned(), value.to_owned());
    let expected = WrongValue { source, name, value };
    match load(check, flags, environment, file) {
        Ok(config) => Err(Failure::told(format!("{expected:?}"), line(&config))),
        Err(error) => check.equal(expected, error),
    }
}
