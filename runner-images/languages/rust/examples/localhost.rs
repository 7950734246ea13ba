use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::thread;

fn read_line(stream: &TcpStream) -> String {
    let mut line = String::new();
    BufReader::new(stream).read_line(&mut line).unwrap();
    line
}

fn main() {
    let server = TcpListener::bind("localhost:0").unwrap();
    let port = server.local_addr().unwrap().port();
    let thread = thread::spawn(move || {
        let (mut client, _) = server.accept().unwrap();
        let line = read_line(&client);
        client.write_all(line.to_uppercase().as_bytes()).unwrap();
    });
    let mut socket = TcpStream::connect(("localhost", port)).unwrap();
    socket.write_all(b"up\n").unwrap();
    print!("{}", read_line(&socket));
    thread.join().unwrap();
}
