//! Load by redis-benchmark: as many requests as go through, with requests per second, latencies, and the server's
//! processor time per request.

use std::process::Command;

use super::Failure;
use super::server::{Server, pinned};
use super::stats::median;
use crate::requests::{VALUE, append};

/// How redis-benchmark is run.
#[derive(Debug, Clone)]
pub struct Load {
    /// Requests of a run without pipelining; with it, more.
    pub requests: usize,
    /// Connections.
    pub clients: usize,
    /// Bytes of a value.
    pub data: usize,
    /// Keys that are used at random.
    pub keyspace: usize,
    /// The core that it runs on.
    pub core: Option<usize>,
}

/// One run.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Run {
    /// Requests per second.
    pub rate: f64,
    /// The server's processor time per request, in microseconds.
    pub processor: f64,
    /// Median latency in milliseconds.
    pub p50: f64,
    /// 99th percentile in milliseconds.
    pub p99: f64,
}

/// Some runs of the same test on the same server.
#[derive(Debug, Clone, Default)]
pub struct Runs(pub Vec<Run>);

impl Runs {
    /// The median of each figure.
    pub fn median(&self) -> Option<Run> {
        let of = |figure: fn(&Run) -> f64| median(self.0.iter().map(figure));
        Some(Run {
            rate: of(|run| run.rate)?,
            processor: of(|run| run.processor)?,
            p50: of(|run| run.p50)?,
            p99: of(|run| run.p99)?,
        })
    }
}

impl Load {
    /// Runs one test (a name of `redis-benchmark -t`, or `lrange_N` of a list of N) once.
    ///
    /// # Errors
    /// If the server does not take it within two minutes.
    pub fn run(&self, server: &Server, test: &str, pipeline: usize) -> Result<Run, Failure> {
        let range = test.strip_prefix("lrange_").and_then(|number| number.parse::<usize>().ok());
        let factor = if pipeline == 1 {
            1
        } else if pipeline <= 16 {
            4
        } else {
            8
        };
        let requests = self.requests * factor / if range.is_some() { 10 } else { 1 };
        let mut argv = pinned(self.core);
        argv.extend(
            ["timeout", "120", "redis-benchmark", "--csv", "-h", "127.0.0.1"].map(String::from),
        );
        let numbers = [
            ("-p", usize::from(server.port)),
            ("-n", requests),
            ("-c", self.clients),
            ("-P", pipeline),
            ("-d", self.data),
            ("-r", self.keyspace),
        ];
        argv.extend(
            numbers.iter().flat_map(|(option, number)| [(*option).into(), number.to_string()]),
        );
        match range {
            None => argv.extend(["-t".into(), test.into()]),
            // redis-benchmark's own test fills a list first, and the server's work for that would be counted too.
            Some(elements) => {
                let (key, last) = (format!("list:{elements}"), (elements - 1).to_string());
                fill(server, &key, elements)?;
                argv.extend(["LRANGE".into(), key, "0".into(), last]);
            }
        }
        let (program, arguments) = argv.split_first().ok_or("no command")?;
        let before = server.processor_time();
        let output = Command::new(program)
            .args(arguments)
            .output()
            .map_err(|error| format!("cannot run redis-benchmark: {error}"))?;
        let used = server.processor_time() - before;
        let text = String::from_utf8_lossy(&output.stdout);
        let (rate, p50, p99) = figures(&text).ok_or_else(|| {
            let error = String::from_utf8_lossy(&output.stderr);
            format!("{}, {test}: redis-benchmark says: {text}{error}", server.name)
        })?;
        Ok(Run { rate, processor: used.as_secs_f64() * 1e6 / requests as f64, p50, p99 })
    }
}

/// Makes `key` a list of that many elements.
fn fill(server: &Server, key: &str, elements: usize) -> Result<(), Failure> {
    let mut request = Vec::new();
    append(&[b"DEL", key.as_bytes()], &mut request);
    server.send(&request)?;
    request.clear();
    let mut words: Vec<&[u8]> = vec![b"RPUSH", key.as_bytes()];
    words.resize(elements + 2, VALUE);
    append(&words, &mut request);
    server.send(&request)
}

/// Requests per second, median and 99th percentile from the last line of redis-benchmark's CSV.
fn figures(csv: &str) -> Option<(f64, f64, f64)> {
    let line = csv.lines().rfind(|line| line.starts_with('"'))?;
    let fields: Vec<&str> = line.trim().trim_matches('"').split("\",\"").collect();
    let number = |index: usize| fields.get(index)?.parse::<f64>().ok();
    Some((number(1)?, number(4)?, number(6)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_are_those_of_the_last_line() {
        let csv = "\"test\",\"rps\",\"avg_latency_ms\",\"min_latency_ms\",\"p50_latency_ms\",\"p95_latency_ms\",\
            \"p99_latency_ms\",\"max_latency_ms\"\n\"SET\",\"1000.50\",\"0.3\",\"0.1\",\"0.25\",\"0.5\",\"0.75\",\"9.0\"\n";
        assert_eq!(figures(csv), Some((1000.5, 0.25, 0.75)));
        assert_eq!(figures(csv.lines().next().unwrap()), None);
    }
}
