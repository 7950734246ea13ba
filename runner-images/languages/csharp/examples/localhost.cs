using System;
using System.IO;
using System.Net;
using System.Net.Sockets;
using System.Threading;

class MainClass {
    static void Main() {
        var server = new TcpListener(Dns.GetHostAddresses("localhost")[0], 0);
        server.Start();
        var thread = new Thread(() => {
            using (var client = server.AcceptTcpClient())
            using (var stream = client.GetStream()) {
                var writer = new StreamWriter(stream) { AutoFlush = true };
                writer.WriteLine(new StreamReader(stream).ReadLine().ToUpper());
            }
        });
        thread.Start();
        using (var socket = new TcpClient("localhost", ((IPEndPoint)server.LocalEndpoint).Port))
        using (var stream = socket.GetStream()) {
            var writer = new StreamWriter(stream) { AutoFlush = true };
            writer.WriteLine("up");
            Console.WriteLine(new StreamReader(stream).ReadLine());
        }
        thread.Join();
    }
}
