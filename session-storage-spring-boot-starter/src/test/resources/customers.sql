create table customer (id bigint primary key, name varchar(20)); insert into customer values (1, 'robin');
