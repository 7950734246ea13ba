name=scala training='Training.scala Style.scala' main=runonce.training.training
libraries=$(/opt/runonce/shared/jvm/classpath /opt/runonce/maven/scala-library-*.jar)
. /opt/runonce/shared/jvm/compiled.sh

# scalac's own.
printf '%s\n' "$libraries" > $dir/libraries
