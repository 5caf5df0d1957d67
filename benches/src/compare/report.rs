//! What was measured as Markdown and as charts. Measures nothing itself.

use std::fmt::Write;
use std::fs;
use std::path::Path;

use super::Failure;
use super::benchmark::{Run, Runs};
use super::machine::Machine;
use super::open_loop::{Latencies, Rate};
use super::plot::{Chart, Panel};

/// All that was measured. The first server is what the others are compared with.
#[derive(Debug)]
pub struct Report {
    /// On what.
    pub machine: Machine,
    /// The command line that repeats it.
    pub command: String,
    /// How cores were shared, in a sentence.
    pub cores: String,
    /// Name, version, and resident memory at the end, in KB.
    pub servers: Vec<(String, String, u64)>,
    /// redis-benchmark's tests.
    pub rows: Vec<Row>,
    /// Requests at a fixed rate.
    pub rate: Rate,
    /// Kind of request, and the latencies of each server.
    pub latencies: Vec<(&'static str, Vec<Option<Latencies>>)>,
}

/// A test with some depth of pipeline, on each server.
#[derive(Debug)]
pub struct Row {
    /// Requests that are sent together.
    pub pipeline: usize,
    /// redis-benchmark's name.
    pub test: String,
    /// The runs on each server.
    pub runs: Vec<Runs>,
}

impl Row {
    /// The median run of each server, and its ratio to the first one's.
    fn figures(&self, figure: fn(&Run) -> f64) -> Vec<Option<(Run, f64)>> {
        let medians: Vec<Option<Run>> = self.runs.iter().map(Runs::median).collect();
        let base = medians.first().copied().flatten();
        let ratio = |run: Run| base.map(|base| (run, figure(&run) / figure(&base)));
        medians.into_iter().map(|run| run.and_then(ratio)).collect()
    }
}

impl Report {
    /// Writes `compare.md`, `compare-cpu.svg` and `compare-throughput.svg` into a folder. The text is for a page in the
    /// folder above to include, so its pictures are linked as from there.
    ///
    /// # Errors
    /// If they cannot be written.
    pub fn write(&self, folder: &Path) -> Result<(), Failure> {
        let base = self.names().next().unwrap_or_default();
        let processor = format!("Server CPU time per request, relative to {base} (less is better)");
        let rate = format!("Requests per second, relative to {base} (more is better)");
        let name = folder.file_name().map(|name| name.to_string_lossy());
        let files = [
            ("compare.md", self.to_markdown(name.as_deref())),
            ("compare-cpu.svg", self.chart(processor, |run| run.processor).to_svg()),
            ("compare-throughput.svg", self.chart(rate, |run| run.rate).to_svg()),
        ];
        fs::create_dir_all(folder).map_err(|error| format!("{}: {error}", folder.display()))?;
        for (name, text) in files {
            let path = folder.join(name);
            fs::write(&path, text).map_err(|error| format!("{}: {error}", path.display()))?;
        }
        Ok(())
    }

    /// The tables, and links to the charts in the folder of that name.
    pub fn to_markdown(&self, charts: Option<&str>) -> String {
        let machine = &self.machine;
        let mut text = format!(
            "<!-- Generated: {} -->\n\n{}, {} cores, {} GB, Linux {}; {}. {}\n\n",
            self.command,
            machine.processor,
            machine.cores,
            machine.memory,
            machine.kernel,
            machine.date,
            self.cores,
        );
        text.push_str("| Server | Version | Resident at the end |\n|---|---|---:|\n");
        for (name, version, resident) in &self.servers {
            let _ = writeln!(text, "| {name} | {version} | {} MB |", resident / 1024);
        }
        let base = self.names().next().unwrap_or_default();
        let _ = writeln!(
            text,
            "\n### As fast as it goes\n\nredis-benchmark, P requests in a pipeline; medians of interleaved rounds; in \
             parentheses, relative to {base}."
        );
        if let Some(folder) = charts {
            let _ = writeln!(
                text,
                "\n![Server CPU time per request, relative to {base}]({folder}/compare-cpu.svg)\n\n\
                 ![Requests per second, relative to {base}]({folder}/compare-throughput.svg)"
            );
        }
        let processor = self
            .table(|run| run.processor, |run, ratio| format!("{:.2} ({ratio:.2})", run.processor));
        let rate = self
            .table(|run| run.rate, |run, ratio| format!("{:.0} k ({ratio:.2})", run.rate / 1000.0));
        let latency =
            self.table(|run| run.p99, |run, _| format!("{:.2} / {:.2}", run.p50, run.p99));
        let _ = write!(text, "\nServer CPU time per request, µs:\n\n{processor}");
        let _ = write!(text, "\nRequests per second:\n\n{rate}");
        let _ = write!(
            text,
            "\nLatency p50 / p99, ms, with as many requests as go through:\n\n{latency}"
        );
        if !self.latencies.is_empty() {
            text.push_str(&self.open_loop());
        }
        text
    }

    fn names(&self) -> impl Iterator<Item = &str> {
        self.servers.iter().map(|server| server.0.as_str())
    }

    /// The head of a table: these columns, then one for each server.
    fn head(&self, first: &[&str]) -> String {
        let columns: Vec<&str> = first.iter().copied().chain(self.names()).collect();
        let rule = "|---".repeat(first.len()) + &"|---:".repeat(self.servers.len());
        format!("| {} |\n{rule}|\n", columns.join(" | "))
    }

    fn table(&self, figure: fn(&Run) -> f64, show: impl Fn(&Run, f64) -> String) -> String {
        let mut text = self.head(&["P", "Test"]);
        for row in &self.rows {
            let _ = write!(text, "| {} | {} |", row.pipeline, row.test);
            for cell in row.figures(figure) {
                let cell = cell.map_or_else(|| "–".into(), |(run, ratio)| show(&run, ratio));
                let _ = write!(text, " {cell} |");
            }
            text.push('\n');
        }
        text
    }

    fn open_loop(&self) -> String {
        let rate = self.rate;
        let mut text = format!(
            "\n### At a fixed rate\n\n{} requests per second for {} s over {} connections, sent when they are due whether or not \
             earlier ones have been answered; latency in ms counts from when a request was due. A dash: so many were not \
             answered at all.\n\n{}",
            rate.per_second,
            rate.seconds,
            rate.connections,
            self.head(&["Request", "Figure"]),
        );
        let shares = [("p50", 0.5), ("p99", 0.99), ("p99.9", 0.999), ("p99.99", 0.9999)];
        for (request, servers) in &self.latencies {
            for (name, share) in shares {
                let cells = servers.iter().map(|server| server.as_ref()?.percentile(share));
                row(&mut text, request, name, cells);
            }
            let processor = servers.iter().map(|server| Some(server.as_ref()?.processor));
            row(&mut text, request, "CPU, µs", processor);
        }
        text
    }

    fn chart(&self, title: String, figure: fn(&Run) -> f64) -> Chart {
        let mut panels: Vec<Panel> = Vec::new();
        for row in &self.rows {
            let title = match row.pipeline {
                1 => "no pipelining".to_owned(),
                depth => format!("{depth} requests in a pipeline"),
            };
            let ratios = row.figures(figure).into_iter().map(|cell| Some(cell?.1)).collect();
            let group = (row.test.clone(), ratios);
            match panels.last_mut() {
                Some(panel) if panel.title == title => panel.groups.push(group),
                _ => panels.push(Panel { title, groups: vec![group] }),
            }
        }
        let machine = &self.machine;
        let versions: Vec<&str> = self.servers.iter().map(|server| server.1.as_str()).collect();
        let caption = format!(
            "{}, {} cores · {} · {}",
            machine.processor,
            machine.cores,
            versions.join(", "),
            machine.date
        );
        Chart { title, caption, series: self.names().map(str::to_owned).collect(), panels }
    }
}

fn row(text: &mut String, request: &str, name: &str, cells: impl Iterator<Item = Option<f64>>) {
    let cells: Vec<String> =
        cells.map(|cell| cell.map_or_else(|| "–".into(), |ms| format!("{ms:.2}"))).collect();
    let _ = writeln!(text, "| {request} | {name} | {} |", cells.join(" | "));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_without_a_figure_has_a_dash() {
        let run = Run { rate: 2000.0, processor: 4.0, p50: 0.1, p99: 0.25 };
        let half = Run { processor: 2.0, ..run };
        let runs = vec![Runs(vec![run]), Runs(vec![half]), Runs::default()];
        let server = |name: &str| (name.to_owned(), "1".to_owned(), 2048);
        let report = Report {
            machine: Machine::this(),
            command: String::new(),
            cores: String::new(),
            servers: vec![server("redis"), server("flashkv"), server("null")],
            rows: vec![Row { pipeline: 16, test: "set".into(), runs }],
            rate: Rate { per_second: 1, seconds: 1, connections: 1 },
            latencies: Vec::new(),
        };
        let text = report.to_markdown(None);
        assert!(text.contains("| 16 | set | 4.00 (1.00) | 2.00 (0.50) | – |\n"), "{text}");
        assert!(text.contains("| 16 | set | 0.10 / 0.25 | 0.10 / 0.25 | – |\n"), "{text}");
    }
}
