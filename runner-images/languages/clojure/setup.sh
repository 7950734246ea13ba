name=clojure main=clojure.main training=training.clj folders=.:src
. /opt/runonce/shared/jvm/interpreted.sh
ln -s clj /usr/local/bin/clojure
