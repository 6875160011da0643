create table if not exists session_data (
  id varchar(43) not null primary key,
  data varchar(1048576) not null,
  version bigint not null,
  principal varchar(255),
  created_at bigint not null,
  expires bigint not null
);
create index if not exists session_data_principal on session_data (principal);
create index if not exists session_data_expires on session_data (expires);
