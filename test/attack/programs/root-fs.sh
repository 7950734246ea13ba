# The attack of root-fs.py with shell commands.
for folder in / /bin /boot /dev /etc /home /lib /mnt /opt /opt/runonce /root /run /sbin /srv /sys /usr /usr/bin /usr/local/bin /var /var/tmp /var/log /proc; do
  (: > "$folder/planted") 2>/dev/null && echo "succeeded: $folder"
  ln -s /etc/passwd "$folder/linked" 2>/dev/null && echo "succeeded: link in $folder"
done
for file in /etc/passwd /etc/ld.so.preload /etc/hosts /etc/resolv.conf /etc/hostname /usr/local/bin/runner /bin/bash /etc/runonce/language.json; do
  (echo x >> "$file") 2>/dev/null && echo "succeeded: $file"
  cp /bin/true "$file" 2>/dev/null && echo "succeeded: copy to $file"
done
mount -o remount,rw / 2>/dev/null && echo 'succeeded: remount'
mount --bind /tmp /usr/bin 2>/dev/null && echo 'succeeded: bind'
echo end
