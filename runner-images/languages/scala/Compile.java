import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Compiles the Scala files in its arguments, the main file first, into .runonce/classes, and writes the name of the
 * main class to .runonce/main.
 */
public class Compile {
    public static void main(String[] files) throws Exception {
        Path out = Path.of(".runonce");
        Path classes = Files.createDirectories(out.resolve("classes"));
        var arguments = new ArrayList<>(List.of("-classpath", System.getProperty("runonce.libraries"), "-color:never", "-d", classes.toString()));
        for (String file : files) arguments.add(file.startsWith("-") ? "./" + file : file);
        if (dotty.tools.dotc.Main.process(arguments.toArray(String[]::new)).hasErrors()) System.exit(1);
        MainClass.write(out, List.of(files), "Main");
    }
}
