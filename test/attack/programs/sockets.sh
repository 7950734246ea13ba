for address in tcp/1.1.1.1/53 tcp/169.254.169.254/80 tcp/172.17.0.1/22 tcp/172.17.0.1/2375 tcp/127.0.0.1/8088 tcp/127.0.0.1/22 tcp/10.0.0.1/80; do
  (timeout 0.3 bash -c ": < /dev/$address") 2>/dev/null && echo "succeeded: $address"
done
(exec 3<>/dev/udp/1.1.1.1/53 && echo x >&3 && read -r -t 0.3 -u 3) 2>/dev/null && echo 'succeeded: udp'
getent hosts example.com > /dev/null && echo 'succeeded: name'
tail -n +3 /proc/net/dev | grep -v ' *lo:' | sed 's/^/succeeded: /'
echo end
