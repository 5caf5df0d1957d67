//! The book's preprocessor: gives every source file that a page links to a page of its own.
//!
//! On GitHub a link such as `../flashkv/src/server.rs` leads to the file. The book has no files beside its pages, so each
//! file linked to becomes a page below "Source files", with mdBook's own colours, and the links lead there. Speaks
//! mdBook's protocol: a pair of context and book as JSON on standard input, the changed book on standard output.
//! Text that mdBook would take for more than text is guarded in the same pass.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, anyhow, bail};
use pulldown_cmark::{Event, LinkType, Options, Parser, Tag};
use serde_json::{Value, json};

use crate::links::{is_external, resolve};
use crate::listing::language;

/// Below which path of the book the sources stand.
const SOURCES: &str = "source";
/// A number behind that of every chapter.
const LAST: u32 = 100;

/// The book with its sources.
///
/// # Errors
///
/// The input is not a book, or a link leads nowhere.
pub fn preprocess(root: &Path, input: &str) -> Result<String> {
    let (_, mut book): (Value, Value) =
        serde_json::from_str(input).context("not mdBook's input")?;
    let mut sources = BTreeSet::new();
    let items = book
        .get_mut("items")
        .and_then(Value::as_array_mut)
        .ok_or_else(|| anyhow!("a book without items"))?;
    for item in items.iter_mut() {
        chapter(root, item, &mut sources)?;
    }
    if !sources.is_empty() {
        items.push(json!("Separator"));
        items.push(index_of(root, &sources)?);
    }
    Ok(serde_json::to_string(&book)?)
}

fn chapter(root: &Path, item: &mut Value, sources: &mut BTreeSet<PathBuf>) -> Result<()> {
    let Some(chapter_value) = item.get_mut("Chapter") else { return Ok(()) };
    let path =
        chapter_value.get("source_path").and_then(Value::as_str).map(|path| format!("docs/{path}"));
    if let (Some(path), Some(content)) =
        (path, chapter_value.get("content").and_then(Value::as_str))
    {
        let content = relink(root, &path, content, sources)?;
        if let Some(slot) = chapter_value.get_mut("content") {
            *slot = Value::String(content);
        }
    }
    for item in
        chapter_value.get_mut("sub_items").and_then(Value::as_array_mut).into_iter().flatten()
    {
        chapter(root, item, sources)?;
    }
    Ok(())
}

/// `content` with its links to files outside `docs` leading to their pages in the book.
fn relink(
    root: &Path,
    page: &str,
    content: &str,
    sources: &mut BTreeSet<PathBuf>,
) -> Result<String> {
    let mut changed = content.to_owned();
    let links = Parser::new_ext(content, Options::ENABLE_TABLES).into_offset_iter().filter_map(
        |(event, range)| match event {
            Event::Start(Tag::Link { link_type: LinkType::Inline, dest_url, .. }) => {
                Some((dest_url.into_string(), range))
            }
            _ => None,
        },
    );
    let mut links: Vec<_> = links.filter(|(target, _)| !is_external(target)).collect();
    // From the end, so that the places before stay where they are.
    links.sort_by_key(|(_, range)| std::cmp::Reverse(range.start));
    for (target, range) in links {
        let (path, _) = resolve(page, &target)
            .ok_or_else(|| anyhow!("{page}: `{target}` leads out of the repository"))?;
        if path.starts_with("docs") && !path.starts_with("docs/tool") {
            continue;
        }
        if !root.join(&path).exists() {
            bail!("{page}: `{target}` is dead");
        }
        let written = content.get(range.clone()).unwrap_or_default();
        let new = format!("]({})", source_page(&path).display());
        let Some(at) = written.rfind(&format!("]({target})")) else {
            bail!("{page}: write the link to `{target}` as [text](path)");
        };
        let start = range.start + at;
        changed.replace_range(start..start + target.len() + 3, &new);
        sources.extend(files_of(root, &path)?);
        sources.insert(path);
    }
    Ok(changed)
}

/// The sources below a folder that is linked to: its page leads on to them.
fn files_of(root: &Path, folder: &Path) -> Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    if root.join(folder).is_dir() {
        for entry in fs::read_dir(root.join(folder))? {
            let path = folder.join(entry?.file_name());
            let source = path
                .extension()
                .is_some_and(|extension| ["rs", "toml"].iter().any(|&known| extension == known));
            if source {
                files.push(path);
            } else {
                files.extend(files_of(root, &path)?);
            }
        }
    }
    Ok(files)
}

/// Where the page of a source file stands in the book.
fn source_page(path: &Path) -> PathBuf {
    Path::new(SOURCES).join(format!("{}.md", path.display()))
}

/// The chapter "Source files" with a page below it for each.
fn index_of(root: &Path, sources: &BTreeSet<PathBuf>) -> Result<Value> {
    let name = "Source files";
    let mut content = format!("# {name}\n\nThe files that the pages of this book link to.\n\n");
    let mut pages = Vec::new();
    for (path, number) in sources.iter().zip(1_u32..) {
        let page = source_page(path);
        let title = path.display().to_string();
        content.push_str(&format!("- [{title}]({})\n", page.strip_prefix(SOURCES)?.display()));
        pages.push(page_of(&title, &text_of(root, path)?, &page, &[LAST, number], &[name]));
    }
    let mut index = page_of(name, &content, &Path::new(SOURCES).join("index.md"), &[LAST], &[]);
    if let Some(slot) = index.pointer_mut("/Chapter/sub_items") {
        *slot = Value::Array(pages);
    }
    Ok(index)
}

/// `number` places a page below its parent; the book does not show it.
fn page_of(name: &str, content: &str, path: &Path, number: &[u32], parents: &[&str]) -> Value {
    json!({ "Chapter": {
        "name": name, "content": content, "number": number, "sub_items": [],
        "path": path, "source_path": null, "parent_names": parents,
    }})
}

fn text_of(root: &Path, path: &Path) -> Result<String> {
    let title = path.display();
    let whole = root.join(path);
    if whole.is_dir() {
        let mut files = files_of(root, path)?;
        files.sort();
        let name = path.file_name().unwrap_or_default();
        let list = files.iter().map(|file| {
            let shown = file.strip_prefix(path).unwrap_or(file).display();
            // The folder's page lies beside the folder.
            format!("- [{shown}]({}/{shown}.md)\n", name.display())
        });
        return Ok(format!("# {title}\n\n{}", list.collect::<String>()));
    }
    let text = fs::read_to_string(&whole).with_context(|| format!("cannot read {title}"))?;
    let name = path.to_string_lossy();
    // Seven backticks: no source has as many in a row. An edition keeps mdBook from offering to run it.
    Ok(format!("# {title}\n\n```````{},noplayground\n{text}\n```````\n", language(&name)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn repository() -> tempfile::TempDir {
        let root = tempfile::tempdir().unwrap();
        fs::create_dir_all(root.path().join("flashkv/src")).unwrap();
        fs::write(root.path().join("flashkv/src/server.rs"), "fn main() {}\n").unwrap();
        root
    }

    fn book(content: &str) -> String {
        json!([{}, {"items": [{"Chapter": {
            "name": "A", "content": content, "number": null, "sub_items": [], "path": "a.md", "source_path": "a.md",
            "parent_names": []
        }}]}])
        .to_string()
    }

    #[test]
    fn a_linked_source_becomes_a_page() {
        let root = repository();
        let text = "see [`server`](../flashkv/src/server.rs), [dir](../flashkv/src) and [b](b.md#x) `[c](../d)`";
        let made: Value =
            serde_json::from_str(&preprocess(root.path(), &book(text)).unwrap()).unwrap();
        assert_eq!(
            made["items"][0]["Chapter"]["content"],
            "see [`server`](source/flashkv/src/server.rs.md), [dir](source/flashkv/src.md) and [b](b.md#x) `[c](../d)`"
        );
        let sources = &made["items"][2]["Chapter"];
        assert_eq!(sources["path"], "source/index.md");
        assert_eq!(
            sources["sub_items"][0]["Chapter"]["content"],
            "# flashkv/src\n\n- [server.rs](src/server.rs.md)\n"
        );
        let page = &sources["sub_items"][1]["Chapter"];
        assert_eq!(page["path"], "source/flashkv/src/server.rs.md");
        assert!(page["content"].as_str().unwrap().contains("fn main() {}"), "{page}");
    }

    #[test]
    fn a_book_without_such_links_stays_as_it_is() {
        let made: Value =
            serde_json::from_str(&preprocess(repository().path(), &book("text")).unwrap()).unwrap();
        assert_eq!(made["items"].as_array().unwrap().len(), 1);
    }

    #[test]
    fn a_dead_link_stops_the_book() {
        let error = preprocess(repository().path(), &book("[x](../flashkv/gone.rs)")).unwrap_err();
        assert_eq!(error.to_string(), "docs/a.md: `../flashkv/gone.rs` is dead");
    }
}
