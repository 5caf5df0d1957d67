//! Compares the map, `docs/00_INDEX.md`, and the book's table of contents with what there is.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use anyhow::{Context, Result};

use crate::links::resolve;
use crate::page::Page;
use crate::problem::Problem;
use crate::workspace::Workspace;

const INDEX: &str = "docs/00_INDEX.md";
const SUMMARY: &str = "docs/SUMMARY.md";

/// What the two leave out, or say otherwise.
///
/// # Errors
///
/// A file cannot be read.
pub fn check(workspace: &Workspace) -> Result<Vec<Problem>> {
    let mut problems = Vec::new();
    let read =
        |file: &str| fs::read_to_string(workspace.root.join(file)).with_context(|| file.to_owned());
    let pages = workspace.pages()?;

    let summary = read(SUMMARY)?;
    let linked: BTreeSet<_> = Page::read(&summary, &[])
        .links
        .iter()
        .filter_map(|link| Some(resolve(SUMMARY, &link.target)?.0.to_string_lossy().into_owned()))
        .collect();
    for page in pages
        .iter()
        .filter(|page| page.starts_with("docs/") && *page != SUMMARY && !linked.contains(*page))
    {
        problems.push(
            Problem::new(SUMMARY, 1, format!("the book leaves out {page}"))
                .mend("add a line for it"),
        );
    }

    let index = read(INDEX)?;
    for (number, package) in workspace.chapters() {
        let folder = package.folder.to_string_lossy();
        let main = fs::read_to_string(workspace.root.join(&package.folder).join("src/main.rs"))
            .unwrap_or_default();
        let page = pages.iter().find(|page| page.starts_with(&format!("docs/{number:02}_")));
        let page = page.map(|page| page.trim_start_matches("docs/"));
        if let Err(message) = row(&index, number, &folder, page, &main) {
            let line = row_of(&index, number).map_or(1, |(line, _)| line);
            problems.push(
                Problem::new(INDEX, line, message).mend("correct the chapter's row in the table"),
            );
        }
    }
    Ok(problems)
}

/// The row that links to the chapter's folder or page, and its line.
fn row_of(index: &str, number: u32) -> Option<(usize, &str)> {
    let folder = format!("../chapters/{number:02}-");
    index
        .lines()
        .enumerate()
        .find(|(_, line)| line.starts_with('|') && line.contains(&folder))
        .map(|(index, line)| (index + 1, line))
}

fn row(
    index: &str,
    number: u32,
    folder: &str,
    page: Option<&str>,
    main: &str,
) -> Result<(), String> {
    let page = page.ok_or(format!("there is no page docs/{number:02}_….md for {folder}"))?;
    let (_, row) = row_of(index, number).ok_or(format!("the table has no row for {folder}"))?;
    let needed =
        [format!("](../{folder})"), format!("]({page})"), format!("`chapter-{number:02}`")];
    for needed in needed {
        if !row.contains(&needed) {
            return Err(format!("the row of chapter {number:02} should have `{needed}`"));
        }
    }
    let port = (7000 + number).to_string();
    let spelled =
        format!("{}_{}", port.get(..1).unwrap_or_default(), port.get(1..).unwrap_or_default());
    let serves = main.contains(&port) || main.contains(&spelled);
    match (row.contains(&port), serves) {
        (true, false) => {
            Err(format!("the row of chapter {number:02} has a port, its program has none"))
        }
        (false, true) => Err(format!("the row of chapter {number:02} lacks its port, {port}")),
        _ => Ok(()),
    }
}

/// The pages that the table of contents of the book names, relative to `docs`.
///
/// # Errors
///
/// It cannot be read.
pub fn pages_of_book(root: &Path) -> Result<Vec<String>> {
    let summary = fs::read_to_string(root.join(SUMMARY)).context(SUMMARY)?;
    Ok(Page::read(&summary, &[]).links.into_iter().map(|link| link.target).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    const ROW: &str =
        "| x |\n| [03 Networking](03_N.md) | [`chapter-03`](../chapters/03-n) | framing | 7003 |\n";

    #[test]
    fn a_row_names_page_folder_package_and_port() {
        let check = |page, main| row(ROW, 3, "chapters/03-n", page, main);
        assert_eq!(check(Some("03_N.md"), "default_value_t = 7003"), Ok(()));
        assert_eq!(check(Some("03_N.md"), "default_value_t = 7_003"), Ok(()));
        assert!(check(None, "7003").unwrap_err().contains("no page"));
        assert!(check(Some("03_M.md"), "7003").unwrap_err().contains("](03_M.md)"));
        assert!(check(Some("03_N.md"), "").unwrap_err().contains("has none"));
        assert!(row("", 3, "chapters/03-n", Some("03_N.md"), "").unwrap_err().contains("no row"));
    }
}
