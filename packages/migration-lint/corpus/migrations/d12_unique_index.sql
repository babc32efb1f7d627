CREATE UNIQUE INDEX CONCURRENTLY one_row_a_request ON audit_log (request_id);
