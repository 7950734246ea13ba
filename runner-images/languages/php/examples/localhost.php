<?php
echo gethostbyname('localhost'), "\n";
$server = stream_socket_server('tcp://localhost:0');
$name = stream_socket_get_name($server, false);
$client = stream_socket_client('tcp://localhost:' . substr($name, strrpos($name, ':') + 1));
fwrite(stream_socket_accept($server), "hello\n");
echo fgets($client);
echo gethostbyname('foo.example.org'), "\n";
