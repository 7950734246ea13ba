# What the folder holds is on the class path too.
name=groovy main=groovy.ui.GroovyMain training=Training.groovy folders=.
. /opt/runonce/shared/jvm/interpreted.sh
