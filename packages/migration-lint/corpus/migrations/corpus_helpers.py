"""What a migration of the corpus imports: code that is not in its own file."""


def tidy(op):
    op.drop_column("audit_log", "path")
