{:ok, server} = :gen_tcp.listen(0, [:binary, packet: :line, active: false])
{:ok, port} = :inet.port(server)

task =
  Task.async(fn ->
    {:ok, client} = :gen_tcp.accept(server)
    {:ok, line} = :gen_tcp.recv(client, 0)
    :gen_tcp.send(client, String.upcase(line))
  end)

{:ok, socket} = :gen_tcp.connect(~c"localhost", port, [:binary, packet: :line, active: false])
:ok = :gen_tcp.send(socket, "up\n")
{:ok, line} = :gen_tcp.recv(socket, 0)
IO.write(line)
Task.await(task)
