SET LOCAL lock_timeout = '5s';
alter/* ADD COLUMN */table -- CREATE TABLE
  U&"audit\005flog" dRoP "path";
