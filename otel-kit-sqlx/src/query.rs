use sqlx_core::{
    arguments::Arguments, database::Database, error::BoxDynError, executor::Execute, sql_str::SqlStr,
};

/// A query taken apart before the driver sees it, so that its text is known at the start.
pub(crate) struct Query<DB: Database> {
    sql: SqlStr,
    statement: Option<DB::Statement>,
    arguments: Option<Result<Option<DB::Arguments>, BoxDynError>>,
    is_persistent: bool,
}

impl<DB: Database> Query<DB> {
    pub(crate) fn of<'q>(mut query: impl Execute<'q, DB>) -> Self {
        let statement = query.statement().cloned();
        let arguments = Some(query.take_arguments());
        let is_persistent = query.persistent();
        Self { sql: query.sql(), statement, arguments, is_persistent }
    }

    pub(crate) fn text(&self) -> &str {
        self.sql.as_str()
    }

    /// True if values are given apart from the text.
    pub(crate) fn is_parameterised(&self) -> bool {
        matches!(&self.arguments, Some(Ok(Some(arguments))) if arguments.len() > 0)
    }
}

impl<DB: Database> Execute<'_, DB> for Query<DB> {
    fn sql(self) -> SqlStr {
        self.sql
    }

    fn statement(&self) -> Option<&DB::Statement> {
        self.statement.as_ref()
    }

    fn take_arguments(&mut self) -> Result<Option<DB::Arguments>, BoxDynError> {
        self.arguments.take().unwrap_or(Ok(None))
    }

    fn persistent(&self) -> bool {
        self.is_persistent
    }
}
