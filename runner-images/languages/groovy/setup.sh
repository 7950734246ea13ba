# The current folder is also on the class path.
name=groovy main=groovy.ui.GroovyMain training=Training.groovy folders=.
. /opt/runonce/shared/jvm/interpreted.sh
