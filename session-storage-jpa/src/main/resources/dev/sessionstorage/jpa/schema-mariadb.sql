create table if not exists session_data (
  id varchar(43) character set ascii collate ascii_nopad_bin not null primary key,
  data mediumtext not null,
  version bigint not null,
  principal varchar(255),
  created_at bigint not null,
  expires bigint not null,
  index session_data_principal (principal),
  index session_data_expires (expires)
) character set utf8mb4 collate utf8mb4_nopad_bin;
