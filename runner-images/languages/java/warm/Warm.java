package runonce;

import com.sun.source.util.JavacTask;
import com.sun.tools.javac.api.JavacTaskPool;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.Writer;
import java.net.URI;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.tools.Diagnostic;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;

/**
 * The warm starter's Java half, which warm.c calls from a thread of its own: a compiler that has compiled before. What it has
 * read of Java's own classes it keeps (JavacTaskPool); what it knows of the training program is forgotten.
 */
public final class Warm {
    private static final String TRAINING = "/opt/runonce/java/Training.java";
    /** The first reads Java's classes, the second compiles as the program will be compiled. More cost the start more than they gain. */
    private static final int ROUNDS = 2;
    /** A program that names our own classes would see them: the package's name. */
    private static final Pattern OURS = Pattern.compile("\\brunonce\\s*[.;]");

    /**
     * The plain command compiles the files in the payload's order, which shows in messages and in the choice of the main class.
     * Here it is known of so many files: the main file is the first.
     */
    private static final int ORDERED = 2;

    private static final JavaCompiler COMPILER = ToolProvider.getSystemJavaCompiler();
    private static JavacTaskPool pool = new JavacTaskPool(1);
    private static StandardJavaFileManager files = COMPILER.getStandardFileManager(null, null, null);

    private Warm() { }

    /** Compiles the training program, and runs it. Leaves no file. */
    static void train() throws Exception {
        Path folder = Files.createDirectories(Path.of(System.getProperty("java.io.tmpdir"), ".runonce-training"));
        try {
            Compile.writeTo(folder, files);
            for (int round = 0; round < ROUNDS; round++) {
                if (compilePooled(List.of(new Variant(round))) == null) throw new IllegalStateException("the training program doesn't compile");
            }
            try (var loader = new URLClassLoader(new URL[] {folder.toUri().toURL()})) {
                loader.loadClass("runonce.training0.Training").getMethod("main", String[].class).invoke(null, (Object) new String[0]);
            }
        } finally {
            delete(folder);
        }
        System.gc();
    }

    /**
     * Compiles the program of a frame: NUL-terminated strings, the main file's name and the program's arguments.
     * @return the main class's name, the arguments, the class path; null where it doesn't compile, and stderr says why
     * @throws IllegalStateException where the plain commands would, or could, do something else
     */
    static Object[] compile(byte[] frame) throws IOException {
        String[] strings = new String(frame, StandardCharsets.UTF_8).split("\0", -1);
        List<String> names = sources(strings[0]);
        for (String name : names) {
            if (OURS.matcher(Files.readString(Path.of(name))).find()) throw new IllegalStateException(name + " names the starter's package");
        }
        Compile.writeTo(Files.createDirectories(Compile.CLASSES), files);
        var messages = new StringWriter();
        List<Compile.Source> sources = names.stream().map(Compile.Source::new).toList();
        Compile.Main main = compilePooled(sources);
        if (main == null) main = compileAnew(sources, messages);
        boolean ordered = names.size() <= ORDERED || main != null && main.file() == 0 && messages.toString().isEmpty();
        if (!ordered) throw new IllegalStateException("the payload's order shows");
        System.err.print(messages);
        System.err.flush();
        pool = null;
        files = null;
        if (main == null) return null;
        Compile.writeMain(main);
        String[] arguments = Arrays.copyOfRange(strings, 1, strings.length - 1);
        System.setProperty("java.class.path", Compile.CLASS_PATH);
        System.setProperty("sun.java.command", main.name() + Stream.of(arguments).map(argument -> " " + argument).collect(Collectors.joining()));
        return new Object[] {main.name(), arguments, Compile.CLASS_PATH};
    }

    /** Compiles with what the pool knows. Returns null where the compiler has anything to say: it says it rightly when it starts anew. */
    private static Compile.Main compilePooled(List<? extends JavaFileObject> sources) {
        var compile = new Compile(sources);
        var output = new PrintWriter(Writer.nullWriter());
        var messages = new ArrayList<Diagnostic<?>>();
        Compile.Main main = pool.getTask(output, files, messages::add, Compile.OPTIONS, null, sources, task -> compile.call(task, output));
        return messages.isEmpty() ? main : null;
    }

    private static Compile.Main compileAnew(List<? extends JavaFileObject> sources, StringWriter messages) {
        var compile = new Compile(sources);
        var output = new PrintWriter(messages);
        return compile.call((JavacTask) COMPILER.getTask(output, files, null, Compile.OPTIONS, null, sources), output);
    }

    /** The training program, in a package of its own each time: a class that is known is not compiled as a new one is. */
    private static final class Variant extends SimpleJavaFileObject {
        private final String text;

        Variant(int round) throws IOException {
            super(URI.create("training:///Training.java"), Kind.SOURCE);
            text = Files.readString(Path.of(TRAINING)).replaceFirst("runonce.training", "runonce.training" + round);
        }

        @Override public CharSequence getCharContent(boolean ignoreEncodingErrors) {
            return text;
        }
    }

    /** The main file, and the other Java files of the work dir. */
    private static List<String> sources(String main) throws IOException {
        List<String> names = new ArrayList<>(List.of(main));
        try (Stream<Path> paths = Files.walk(Path.of(""))) {
            paths.map(Path::toString).filter(name -> name.endsWith(".java") && !name.equals(main)).forEach(names::add);
        }
        return names;
    }

    private static void delete(Path folder) throws IOException {
        try (Stream<Path> paths = Files.walk(folder)) {
            for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) Files.delete(path);
        }
    }
}
