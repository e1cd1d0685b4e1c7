"""Server-rendered pages: one stylesheet, two languages, no script but our own; any route may render one."""
