require 'socket'

server = TCPServer.new('localhost', 0)
thread = Thread.new do
  client = server.accept
  client.puts client.gets.upcase
  client.close
end
socket = TCPSocket.new('localhost', server.addr[1])
socket.puts 'up'
puts socket.gets
thread.join
