//! Grouped bars as SVG. Knows only names and numbers.

use std::fmt::Write;

/// A chart of bars: some groups side by side, in each of them one bar for every series.
#[derive(Debug, Clone)]
pub struct Chart {
    /// What is shown.
    pub title: String,
    /// Where and when it was measured.
    pub caption: String,
    /// Names of the series, at most as many as there are colours.
    pub series: Vec<String>,
    /// Panels, one below the other, that share a scale.
    pub panels: Vec<Panel>,
}

/// One row of a chart.
#[derive(Debug, Clone)]
pub struct Panel {
    /// What its groups have in common.
    pub title: String,
    /// Groups: a name, and a value for each series.
    pub groups: Vec<(String, Vec<Option<f64>>)>,
}

const COLOURS: [&str; 8] =
    ["#7a7a7a", "#d95f02", "#1b9e77", "#7570b3", "#e7298a", "#66a61e", "#e6ab02", "#a6761d"];
const WIDTH: f64 = 960.0;
const LEFT: f64 = 60.0;
const RIGHT: f64 = 16.0;
/// Height of a panel, and of the part in which bars stand.
const PANEL: f64 = 210.0;
const BARS: f64 = 150.0;
/// Height of the title and the legend, and of the caption.
const HEAD: f64 = 84.0;
const FOOT: f64 = 28.0;

impl Chart {
    /// The chart as an SVG document.
    pub fn to_svg(&self) -> String {
        let height = HEAD + PANEL * self.panels.len() as f64 + FOOT;
        let mut svg = format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {height}\" \
             font-family=\"sans-serif\" font-size=\"14\">\n\
             <rect width=\"{WIDTH}\" height=\"{height}\" fill=\"white\"/>\n"
        );
        text(&mut svg, (LEFT, 28.0), "font-size=\"19\"", &self.title);
        let mut x = LEFT;
        for (name, colour) in self.series.iter().zip(COLOURS) {
            bar(&mut svg, (x, 46.0), (12.0, 12.0), colour);
            text(&mut svg, (x + 17.0, 56.0), "", name);
            x += 44.0 + 8.0 * name.chars().count() as f64;
        }
        let values = self.panels.iter().flat_map(|panel| &panel.groups).flat_map(|group| &group.1);
        let step = step(values.flatten().copied().fold(0.0, f64::max));
        for (index, panel) in self.panels.iter().enumerate() {
            panel.draw(&mut svg, HEAD + PANEL * index as f64, step);
        }
        text(&mut svg, (LEFT, height - 10.0), "fill=\"#555\" font-size=\"13\"", &self.caption);
        svg.push_str("</svg>\n");
        svg
    }
}

impl Panel {
    /// Draws it below `top`, with four steps of the scale.
    fn draw(&self, svg: &mut String, top: f64, step: f64) {
        let bottom = top + 24.0 + BARS;
        text(svg, (LEFT, top + 12.0), "font-weight=\"bold\"", &self.title);
        for line in 0..=4 {
            let y = bottom - BARS * f64::from(line) / 4.0;
            let right = WIDTH - RIGHT;
            let _ = writeln!(svg, "<path d=\"M{LEFT} {y}H{right}\" stroke=\"#ddd\"/>");
            let label = format!("{}", f64::from(line) * step);
            text(svg, (LEFT - 6.0, y + 4.0), "text-anchor=\"end\" fill=\"#555\"", &label);
        }
        let room = (WIDTH - LEFT - RIGHT) / self.groups.len().max(1) as f64;
        for (index, (name, values)) in self.groups.iter().enumerate() {
            let left = LEFT + room * index as f64;
            let width = room * 0.8 / values.len().max(1) as f64;
            // As wide as its bar, but no larger than the rest.
            let figure =
                format!("text-anchor=\"middle\" font-size=\"{:.1}\"", (width * 0.42).min(13.0));
            for (place, (value, colour)) in values.iter().zip(COLOURS).enumerate() {
                let Some(value) = value else { continue };
                let height = BARS * value / (4.0 * step);
                let x = left + room * 0.1 + width * place as f64;
                bar(svg, (x, bottom - height), (width * 0.92, height), colour);
                let middle = (x + width * 0.46, bottom - height - 3.0);
                text(svg, middle, &figure, &format!("{value:.2}"));
            }
            text(svg, (left + room / 2.0, bottom + 17.0), "text-anchor=\"middle\"", name);
        }
    }
}

/// A round number, four of which reach beyond `largest`.
fn step(largest: f64) -> f64 {
    let scales =
        (-3..9).flat_map(|power| [1.0, 2.0, 2.5, 5.0].map(|digit| digit * 10f64.powi(power)));
    scales.into_iter().find(|step| step * 4.0 >= largest * 1.05).unwrap_or(1e9)
}

fn bar(svg: &mut String, (x, y): (f64, f64), (width, height): (f64, f64), colour: &str) {
    let _ = writeln!(
        svg,
        "<rect x=\"{x:.1}\" y=\"{y:.1}\" width=\"{width:.1}\" height=\"{height:.1}\" fill=\"{colour}\"/>"
    );
}

fn text(svg: &mut String, (x, y): (f64, f64), style: &str, content: &str) {
    let content = content.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    let _ = writeln!(svg, "<text x=\"{x:.1}\" y=\"{y:.1}\" {style}>{content}</text>");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_scale_is_round_and_reaches_beyond_the_largest() {
        assert_eq!([step(1.0), step(3.7), step(20.0)], [0.5, 1.0, 10.0]);
    }

    #[test]
    fn there_is_a_bar_for_every_value_and_no_other() {
        let groups =
            vec![("set".into(), vec![Some(1.0), None]), ("a<b".into(), vec![Some(0.5); 2])];
        let chart = Chart {
            title: "t".into(),
            caption: "c".into(),
            series: vec!["x".into(), "y".into()],
            panels: vec![Panel { title: "p".into(), groups }],
        };
        let svg = chart.to_svg();
        // The ground, the legend, and the bars.
        assert_eq!(svg.matches("<rect").count(), 1 + 2 + 3);
        assert!(svg.contains("a&lt;b"));
    }
}
