//! What was found at the other help desk, and what became of it.

/// The most causes that are kept of one kind; the number of skipped records is told all the same.
const CAUSES: usize = 20;

/// One kind of records.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Line {
    /// Zendesk's name of the kind, such as `tickets`.
    pub kind: &'static str,
    /// How many the other help desk has.
    pub theirs: u64,
    /// How many were taken over now.
    pub taken: u64,
    /// How many had been taken over before.
    pub known: u64,
    /// How many were left out.
    pub skipped: u64,
    /// Why, for the first of them: their number, and one sentence.
    pub causes: Vec<(String, String)>,
}

impl Line {
    /// Whether every record of the other help desk is here.
    pub fn is_complete(&self) -> bool {
        self.taken + self.known == self.theirs
    }

    pub(crate) fn skip(&mut self, id: &str, cause: String) {
        self.skipped += 1;
        if self.causes.len() < CAUSES {
            self.causes.push((id.to_owned(), cause));
        }
    }
}

/// All kinds, in the order in which they are taken over.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// One line a kind.
    pub lines: Vec<Line>,
}

impl Report {
    /// The kind that is being taken over.
    pub fn current(&self) -> Option<&Line> {
        self.lines.last()
    }

    pub(crate) fn begin(&mut self, kind: &'static str) {
        self.lines.push(Line { kind, ..Line::default() });
    }

    pub(crate) fn line(&mut self) -> &mut Line {
        if self.lines.is_empty() {
            self.lines.push(Line::default());
        }
        let last = self.lines.len() - 1;
        &mut self.lines[last]
    }
}

impl std::fmt::Display for Report {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        writeln!(f, "{:<26}{:>9}{:>9}{:>9}{:>9}", "", "theirs", "taken", "known", "skipped")?;
        for line in &self.lines {
            writeln!(f, "{:<26}{:>9}{:>9}{:>9}{:>9}", line.kind, line.theirs, line.taken, line.known, line.skipped)?;
            for (id, cause) in &line.causes {
                writeln!(f, "    {id}: {cause}")?;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_first_causes_are_kept_but_all_are_counted() {
        let mut report = Report::default();
        report.begin("tickets");
        (0..50).for_each(|id| report.line().skip(&id.to_string(), "deleted".into()));
        assert_eq!((report.line().skipped, report.line().causes.len()), (50, CAUSES));
        assert!(report.to_string().contains("tickets"));
    }
}
