"""Words by which the reader tells who, what, where and when: as people in Pekalongan write them, Javanese among them.

All in small letters, parted by spaces; what is left of a word without `-nya`, `-ne`, `-ku` and the like counts too.
"""


def word_set(text: str) -> frozenset[str]:
    """Words parted by spaces."""
    return frozenset(text.split())


# First and other names that mean nothing else, so that they are names even in small letters.
NAMES = word_set("""
abdul abdullah abidin ade adi adit aditya afandi agung agus ahmad aini ainun aisyah ajeng akbar akhmad alfian alfiyah
ali alif alwi amalia amin aminah amir amrullah anang andi andika andre andriani angga anggi anggraini ani anis anisa
anissa annisa anton anwar ardi ari arief arif arifin aris aryani asep asih asiyah asmawi astri astuti astutik atik
atun aulia awaludin ayu azis aziz bagas bagyo bahrudin bahrul bambang basri basuki bayu budi budiarto budiman budiono
burhan burhanudin cahyani cahyono casmadi casmini casmuri chamim chasanah darmawan darsono darto daryono dedi dedy
deni denny devi dewi diah dian diana didik dika dimas dina dini dodi dodik doni dony dwi dyah edi edy efendi eka eko
elisa ella emi endah endang eni erna ernawati erni ery fadil fadli fahmi fahrul faisal faizal faizin fajrin farhan
farida faridah fatchurohman fathur fatimah fatkhul fatma fatmawati fauzan fauzi febri febriana ferdi ferry fikri
firman firmansyah fitri fitria fitriani fitriyah fuad galih ghofur gilang gito gunawan guntur habib hadi hafid hafidz
haikal hakim halimah hamdan hamid hamzah handayani handoko hani hanifah hariadi hariyanto hartati hartini hartono
haryanto haryono hasan hasanah hasanudin hasyim hendra hendri hendro heni henny heri heriyanto herman hermanto
hermawan heru hery hidayat hidayati husein husni ida iin ika ikhsan ilham ilyas imam imron inayah indra indri indriani
indriyani ipung irfan irma irwan ismail isnaini istiqomah iswanto ita iwan jamal jamaludin jannah jarwo joko jono
juariyah jubaedah juliani jumadi jumiati junaedi juwita kadir kariyah karjo kartini karyono kasmuri kasno kasturi
khairul khasanah khoir khoiriyah khoirul khoirunnisa kholifah kholil kholis khotijah komar komariyah kuntoro kurniasih
kurniawan kurniawati kusnadi kusno kusuma kusumawati kuswanto laila lailatul laras lathifah leni lia lilik lilis linda
lisa lukman lulu luluk luthfi maesaroh mahfud mahmud maksum malik manto margono maria mariyam marni marsudi maryam
maryanto maryati maryono mashudi maskuri masruroh mastur masykur maulana maya melani miftah miftahul mila mina mirna
misbah moch mochamad mohamad mohammad muchlis mudrikah mufid muhamad muhammad muhlisin mujiati mujiono mukti mulyadi
mulyani mulyati mulyono mundakir munir muniroh murdi murni murniati murtini musa mushofa muslih muslikhin muslimin
mustaqim mustofa musyafak mutmainah muzaki nadia nafisah naila nanang nanda nani narti naufal neneng neni ngatini
ningsih nisa nita nizar nofi nova novi novia novita nugraha nugroho nunung nur nurdin nurhadi nurhayati nuri nurjanah
nurkholis nurlaela nurlaila nurohman nurrohman nursalim nurul okta oktavia pairin pamungkas parman parmin parno
paryono ponidi ponirah poniran prabowo pramono prasetya prasetyo pratama pratiwi prayitno pujiastuti pujiati pujiono
purnama purnomo purwadi purwanti purwanto purwati purwono puspita puspitasari putra qomariyah rachmad rachman rachmat
rafi raharjo rahayu rahma rahmad rahman rahmat rahmawati ramadhan ramdani rasmi rasmini ratih ratna ratnasari reni
resti retno ria rian riana ridho ridwan rifai rifki rifqi rika riki rina rini rinto rio risa riska riski risma riyadi
riyanti riyanto rizal rizka rizki rizky rizqi robani robi rochimah rodiyah rofiq rohani rohayati rohmah rohman rohmat
rohmatun roni rosidah rosyid rubiyah rudi rudy rukiyah rukmini rukoyah rusdi rusmanto rusmini rusmiyati sabariyah
sadiyah saefudin saeful safii safitri sahid saifudin saiful sakdullah salamah salim salma samsudin samsul samuri santi
santoso sanusi sapari saparudin sapto sarah sarifah sarjono sarno sarwono sasongko satria satrio septi setiawan
setiawati setyawan setyo setyowati shofi sholeh sholihin sholikhah sholikhin sidik sigit silvi sinta siska sisri
siswanto siswoyo siti slamet sobirin soekarno sofiyan sofyan sokhib solekha solekhah solekhan solichin solikhah
solikhin somad sopiyah sri subagyo subandi subarkah subekti subkhan sudarman sudarmi sudarmono sudarno sudarsono
sudarti sudaryanto sudirman sugeng sugiarti sugiarto sugiharto sugiono sugiyanto sugiyarti sugiyono suhadi suhardi
suharti suharto suhartono suherman sukardi sukarno sukarti sukirman sukirno sukma sukri sulaiman sulastri sulis
sulistiono sulistiyani sulistyo sulistyowati sumadi sumardi sumarni sumarno sumiati suminah sumiyati sumono sunardi
sunari sunarto sunaryo suparman suparmi suparno suparti supartini suparyono supeno supono supri supriadi supriatin
suprihatin supriyadi supriyanto supriyati supriyono surani surati surip surono suryadi suryanti suryanto suryati
suryono susanti susanto susi susilo susilowati susiyanti sutarjo sutarmi sutarno sutarti sutejo sutikno sutinah sutini
sutiyah sutopo sutoyo sutrisno suwandi suwarni suwarno suwarti suwito suwono suyanti suyanto suyatmi suyatno suyono
syafii syaiful syamsudin syamsul syarif syarifah tarjo tarmudi tarno tarsih tarsono taryanto taryono tasripin tatik
taufik taufiq tedjo tia tika tinah tini titi titik titin tohir toni tono topik tri trisno triyono tugimin tuminah
tumini turmudi turyati tuti tutik tyas udin ulfa ulfah ulin umar umi ummi uswatun utami utomo vera vina vivi wachid
wahid wahidin wahyono wahyu wahyudi wahyuni wahyuningsih waluyo warni warsito warsono warti wartini waryono wasis
wasito wasiyah wati watik wawan wibowo widi widia widiastuti widodo widya widyastuti wijaya wiji winarni winarsih
winarti winda windi wisnu wiwik wiwin wiyono wulan wulandari yahya yani yanti yanto yanuar yati yatmi yayuk yeni yoga
yogi yohana yoyok yuda yudha yudi yuli yulia yuliana yulianto yuliati yulis yuni yuniarti yunita yunus yusron yusuf
yusup zaenab zaenal zaenudin zaenuri zahra zahro zainab zainal zaini zainudin zaki zakiyah zubaidah zulaekha zulaikha
zulfa zulfikar zulkarnain zumaroh
""")
# Names that are words as well: only beside other signs of a name.
NAMES_THAT_ARE_WORDS = word_set("""
agung bagus bahagia baik berkah bunga cahaya citra dewa dharma dini fajar guna harapan harun hasanah idah imam indah
intan jati jaya joyo kartika kasih kusuma laksmi lestari maju makmur mardi mawar mega mekar melati melur mentari
merdeka mujur mukti mulia murni mutiara nikmah pelita permata permatasari pertiwi puji putra putri rahardja ratu rukun
sabar sakti salma sari satria sekar selamat seno setia sinar slamet subur sugeng sukma sukses surya syukur tegar teguh
tirto titis tulus umar untung utama waras wijaya wiro yakin
""")
# Endings that hardly any other word has.
NAME_ENDINGS = (
    "wati", "ningsih", "yanti", "yanto", "yono", "anto", "onto", "udin", "uddin", "iyah", "jannah", "widodo", "ullah",
    "rohman", "rahman", "rochman", "asih", "rini", "tini", "iyati", "aningrum", "ningrum", "sari", "wulan", "iyanti",
)  # fmt: skip
TITLES = word_set("""
bapak bpk bu dra drs h hajah haji hj ibu kak kang kh mas mba mbah mbak mbk ny nyonya pak saudara saudari sdr sdri tn
tuan ust ustadz
""")

# What complaints are about.
THINGS = word_set("""
ac air akses akta akte aliran alun ambulan ambulans angkot angkringan angkutan anjing antre antrean antrian aplikasi
asap asep asinan aspal asu atap ayam ayunan badan bak balai baliho bangjo bangkai bangku bangunan bansos bantuan banyu
barang batik bebek bendungan beras berkas besi biawak biaya billboard blangko blk blt bocah bpjs bpnt bts bup bus cafe
cagak cctv cermin cerobong cor cucian dahan dalan dalane dana darah data dbd debu dekorasi demam dhuwit dokter
domisili drainase dtks dtsen duit duwit dwit eceng ektp fasilitas fasum fogging gaji gang gapura gardu gas gedung
genset gerobak gorong got gote guru hajatan halte hewan horeg ijazah ijin imb insentif irigasi iuran izin jadwal jalan
jalanan jambu jembatan jentik jl jln jukir kabel kaca kafe kalen kali kaline kamar kambing kandang karaoke karcis
kartu kawat kayu kelambu kelas kendaraan kerbau kereta kia kios kk kkku knalpot kolam konser kontainer kotoran ktp
ktpku kuburan kucing kuota kursi kwh lahan lampion lampu lampune lansia lantai lapak lapangan lapas larva layanan lele
lem lembur lemut lift limbah lingkungan listrik lks loker loket lowongan lubang lumpur luwangan mainan makam margi
marka mcb menara meteran minyak miras mobil monyet motor mural musala musholla musik nib nik nomor nyamuk obat odgj
ojek oss pagar pager paket palang pam pamflet parkir parkiran parkire pasar pasien paving pavinge pbg pdam pedestrian
pelayanan pendaftaran penerangan pengamen pengaspalan pengemis pengerukan perahu perosotan perumahan pesangon pesta
pintu pip pipa pju pkh pkl plat plesengan pohon polder pompa pompane portal pos posyandu ppdb proyek pulsa puskesmas
rambu ranting rawa reklame rel retribusi rob rsud rtlh rumah rumput rusunawa saluran sampah sampahe sapi sarang
saringan sawah sekolah sekolahan selang selokan semak sembako sendang sepeda sepiteng septic septictank seragam
sertifikasi sertifikat sertipikat siaran sinyal situs siup smoke sound spanduk speaker spmb spp stiker stop suara
suket sumur sungai surat tagihan taman tanah tanaman tandon tangga tanggul tarif tawon tebing teralis terminal thr
thrku tiang tikus tilang toilet token tong tower tpa tps tps3r traffic trafo trotoar truk tumpukan tutup uang uji uks
ular ulo umkm upah uwuh vaksin vaksinasi waduk warung wc website wedhus wifi wit zebra
""")
# What is wrong with them.
TROUBLES = word_set("""
abrasi acak amblas ambleg ambles ambrol ambrolnya ambruk ambyar amis ancur anjlok antri asat asin badeg badheg bahaya
bakar bakaran balap balapan banjir banjire basi bau bayar becek beda bejat belok belubang bengkak bentrok berantakan
berbahaya berbau berbusa berdebu berebut bergelombang bergetar berhenti berisik berkarat berkeliaran berlobang
berlubang berlumpur berlumut bermasalah berserakan berubah bising bocor bodhol bodol bolong bolongan bolonge bolos
brisik buang bubrah bully bungkus buntet buntu bunyi butek buthek byar calo cemar cemari copot coret cuilan dangkal
dibakar dibentak dibiarkan dibuang dibully dicoret dicuri didiamkan digusur dihajar dihentikan dimintai dinonaktifkan
dipaku dipalak dipalang dipalsukan diparkir dipecat dipersulit diphk dipotong dipukul dipungli dipungut dirampas
dirundung dirusak disalahgunakan disegel diserobot diskriminasi ditahan ditarik ditipu ditolak ditutup dobel dobol
doyong endapan eror erosi error gaduh gagal gangguan gatal gelap gelep getar geter gigit gogrok gosong goyang gunung
hancur hanyut hilang hitam horeg ilang ilegal illegal intimidasi ireng item jatuh jeblug jebol jeglong jijik jorok
judi kabur kacau kadaluarsa kasar kdrt kebak kebakaran kebanjiran keblowok kebocoran kebut kecelakaan kecil kecurian
kedip keganggu kejeblos kejepit kekerasan kekurangan kelebihan kelelep kelep keluhan kemacetan kemalingan kemasukan
kemasukkan kendor keracunan kerendem kerep keributan keropos keruh kerusakan kesetrum ketutup klelep konslet korslet
korupsi kosong kotor kumat kumuh lamban langka lapuk larang lelet lemot lepas lepek letoy liar licin lobang longsor
lubang lubangnya luber luka lumpur luntur lunyu mabuk macet macete macetnya mahal malpraktek mampet mandeg mandek
mangkel mangkir mangkrak matek mati mbakar mbebayani mbleber mblowok mbuang medeni melanggar meledak meletus melintang
melorot meluap meluber memaksa membahayakan membakar membandel membeludak membludak membolos membuang membusuk memukul
mencemari mencemaskan mencuri mencurigakan mendem mengalir mengamuk mengancam menganga mengelupas mengemis mengendap
mengeras mengganggu menggenang menggunung menghalangi mengkhawatirkan mengkilat mengotori mengungsi menimpa meninggal
menipu menjuntai menumpuk menutup menutupi menyala menyengat mercon merembes meresahkan merosot merusak mesum minim
miring mleber mletek mogok molor muncrat nabrak narik ngamuk ngawur ngebut ngemis ngetem ngganggu nggelambyar nggenang
ngglantung ngompreng ngrubuhi njaluk njeblug njebol nonaktif nongkrong numpuk nunggak nyangkut nyemplung nyetrum
nyogok nyolong nyumbat nyungseb nyungsep overload padam padem paksa palsu patah pecah pejah pelecehan pemalakan
pembakaran pembuangan pencemaran pencurian pending penganiayaan penipuan penuh penumpukan penyumbatan perkelahian
perundungan pesing petasan peteng petengan phk pilih prostitusi pudar pudarnya pungli pungutan putus rapuh rawan
rebutan rembes remek rendah resah retak risak rob robe robek roboh rontok rubuh rugi rusak rusake rusaknya rusuh ruwet
sabotase sabung sakit salah sedimentasi sembarangan sempit semprotan semrawut sepihak serem sesak setrum sobek sogok
suap sulit sumbat sumpek suram susah tabrakan tawuran tebal telantar telat teles terbakar terbengkalai tercecer
tercemar tercium terendam terganggu tergenang tergerus terhambat terhenti terisolir terjatuh terjebak terkelupas
terlambat terlantar terperosok terpotong terputus tersendat tersumbat tertimpa tertunda tertutup tewas tibo togel tuek
tumbang tumpah tumpang
""")
# These say by themselves that something happened.
MATTERS = word_set("""
abrasi balap banjir banjire bising dipungli judi kdrt kebakaran kebanjiran kecelakaan kemacetan kemalingan keracunan
korupsi longsor macet mengamuk miras ngamuk odgj pelecehan pemalakan pencurian penipuan perkelahian perundungan
prostitusi pungli rob robe tabrakan tawuran togel
""")
NEGATIONS = word_set("""
belom belum blm dereng durung engga enggak ga gaada gak gk hampir jarang kurang malah mboten nda ndak ngga nggak ora
ra rak sering tak tanpa tanpo tdk terlalu terus tidak
""")
# Asked to be done to a thing: a wish says what is wanted.
WISHES = word_set("""
aktifkan angkut aspal bangun benahi benerin bersihkan bikin bongkar buat buatkan buka cabut cara caranya cek cetak cor
daftar damel dandani diaktifkan diangkut diaspal dibangun dibenahi dibenerin dibersihkan dibongkar dibuat dibuatkan
dibuka dicek dicetak dicor didandani dievakuasi diganti dikeruk dikuras dipangkas dipasang dipasangi diperbaiki
dipindah dipindahkan dirazia diresiki disemprot diservis ditambah ditambal ditanami ditanduri ditata ditebang
ditertibkan ditinggikan ditutup diurug diurus evakuasi fogging ganti gantos jadwal jadwalnya keruk memasang
membersihkan membongkar membuat memperbaiki mendaftar menebang menertibkan mengajukan mengurus ngajuin ngurus
normalisasi pangkas pasang pasangi pemasangan pembangunan penambahan pendaftaran penertiban pengajuan pengasapan
pengerukan penggantian peninggian perbaikan perbaiki perpanjang persyaratan pindah razia rekam resiki semprot syarat
syarate tambahan tambal tanemin tebang tertibkan tutup urug urus usul usulan
""")

# Kinds of places.
KINDS = word_set("""
alfamart alun apotek balai balaidesa bank bantaran batang bendungan bengkel bioskop blk blok bpjs bumdes bundaran cafe
capil dermaga dinas dindukcapil disdukcapil dispendukcapil dupan gardu gedung gereja gor hotel hutan indomaret istana
jembatan jogging kafe kali kamling kampus kantin kantor kantorpos kecamatan kelurahan klenteng klinik kolam kolong
komplek kompleks koperasi koramil kos kost kubur kuburan lab lampu landasan langgar lapangan lapas lotte makam makorem
mal mall man masjid masjit matahari mejid mesjid mi min mpp mts musala museum mushola musholla pabrik pantai parkiran
pasar paud pelabuhan pemakaman pemandian pemuda pendopo perempatan perlimaan pertelon pertigaan pesantren pintu
plesengan polder polres polsek pom pondok ponpes pos posyandu prapatan puskes puskesmas pustu rel rs rsi rsu rsud rt
ruko rumahsakit rusunawa rutan samsat satpas sawah sd sdit sdn sekolah sekolahan simpang sma sman smk smkn smp smpn
spbu stadion stasiun statsiun sungai swalayan taman tanggul terminal tikungan tk toko tpa tpi tpq tps transmart
trotoar tugu unikal universitas waduk warung wisata
""")
# A relation to a place; what follows is the place.
NEAR = word_set("""
antara barat belakang blakang blkg caket cedak cedhak cerak dekat deket depan dket dkt dpan dpn jejer kidul kilen
kulon lor mburi mburine ndepan ngajeng ngajenge ngarep ngarepe pinggir pinggire pojok samping sblh sebelah seberang
sebrang sekeliling sekitar selatan sepanjang sisi skitar tengah tepi timur ujung utara wetan wingking
""")
PREPOSITIONS = word_set("d di ing nang nde ndik nek neng ning teng wonten")
# A stretch of the town; what follows is its name.
AREAS = word_set("""
daerah desa dk ds dukuh dusun griya kampong kampung kawasan kec kecamatan kel kelurahan kelurahane klurahan kmpung
komplek kompleks lingkungan perum perumahan perumnas prumahan wilayah
""")
STREETS = word_set("dalan jalan jaln jl jlan jln jln2 raya")
GANGS = word_set("gang gg gng lorong")
# The ends and parts of many a place's name.
NAME_PARTS = word_set("""
agung al an ar as asri at barat baru besar dalam el gede i ii iii indah iv jami jamik kecil kidul kota kulon lama lor
negeri permai raya selatan tengah timur utara v vi vii viii wetan
""")
# Streets and places of the city that are in no table.
KNOWN_PLACES = word_set("""
agus ahmad anggrek angkatan asy'ari asyari bahagia bakti bali banger bangsa banjarsari baros belimbing belitung bendan
bonjol boyongsari bremi buaran bumirejo cempaka cendrawasih cipto clumprit dahlan dahlia dekoro dharma diponegoro
flamboyan gabus gajah garuda gatot griya grogolan grosir hasanudin hasyim hayam imam irian jagung jawa jeruk jetayu
jlamprang kalimantan kamboja karangmalang kartini kebulen kelengkeng kemakmuran kenanga keputran kergon kertoharjo
kesesi kradenan kramatsari kurinci kuripan kusuma landungsari limas loji mada majapahit mangga manggis mansur mansyur
mataram mawar medono meduri melati merak merapi merdeka noyontaan nusantara padi pasirsari patimura pattimura pelajar
pelita pemuda perintis pisma ponolawen pramuka pringlangu progo rajawali rambutan rinjani salim samanhudi sampangan
sapuro sawo sejahtera semeru sengkarang serayu seruni singosari slamaran slamet sorogenen sriwijaya subroto sudirman
sugihwaras sulawesi sumatera sumatra sumoharjo supriyadi sutomo tegalrejo tentara teratai tirto toba tondano truntum
unikal urip veteran wahid wilis wuruk yani yosorejo
""")

GREETINGS = word_set("""
admin alaikum amit asalamualaikum aslm ass assalam assalamu assalamualaikum assalamualaikumwrwb asswrwb baik bapak bos
bos2 bpk bro bu dalu deh dong enjang enjing gaes gan guys hai hallo halo haloo hay hello helo hi hormat ibu inggih iya
iyo kak kakak kang kepada kok kulonuwun lek lho loh lur maaf malam malem mas mba mbak mbk met mimin min mlm mohonmaaf
nggih nih njih nuwun nuwunsewu ok oke om p pagi pak permisi ping pun punten salam selamat sewu siang sih sis slamat
sonten sore sorry sory sugeng tante terhormat tes test to waalaikumsalam wabarakatuh wak walaikumsalam warahmatullahi
wb wr ya yah yang yth
""")
# Small and common words: never part of a name. What stands in the other lists need not stand here.
SMALL = word_set("""
a aamiin abis abot acara ada adalah adek adik aduan aduanku aduannya agak agama agar aja ajukan akan akeh akhir
akhirnya aku alamat alamate alasan alhamdulillah allah amin ampun anak anake anakku anda angger anggota anjing anonim
antar antara anu apa apa2 apakah apalagi apik aplikasi arah area arep asal asale asem asli aslinya astaga atas atau
atawa awak awal awit ayo babar bagai bagaimana bagi bagian bahkan bahwa baik bakal bakul bal balas balik balio bangat
banget bangsat bantuan banyak bapaknya bar bareng baru baru2 barusan batal batalkan bawa bawah bayi beberapa begini
begitu belah beli beliau benar bener beneran bentar bentuk berada berangkat berani berapa berasal beres beri berikut
berita berjalan berkali berkenan bermain bersama bertanya bertemu berumur berusia berwarna besar besok bgmn bgt bhw
biar biasa biasanya bikin bila bilang bini bisa biso bnyk bojo bojone bolak boleh boro bos buat bukan bukti buktinya
bulan buru buru2 butuh cabut cacat calon camat campur capek cari cekidot cepat cepet cerita cewek coba contoh cowok
cukup cuma cuman curhat dadi dadine dados daftar dagang dahulu dalam dan dapat dapet dari daring daripada datang
dateng datengi dekat delapan demi demikian denda dengan dengar depan derita desil dewasa dgn dh di dia dialog diam
dibaca dibalas dibantu dibawa diberi dibiarin dicari didatangi didengar difoto diganti digunakan dihubungi dihuni
dijadikan dijawab dikabari dikasih dikerjakan diketahui dikirim dikit dilakukan dilalui dilaporkan dilayani dilewati
dilihat dimana dimohon dinas dino dinten dipakai diperhatikan diproses dirahasiakan dirawat disampaikan disana disini
disitu diskusi disuruh ditangani ditanggapi ditanya ditanyain ditindak ditindaklanjuti ditinjau ditunggu doa doakan
dong dua duh dukung dulu duluan dupe durung ekonomi emang empat enak enam enggih engko entah enten enten2 esok fb
formulir foto fotone fotonya gambar gamer gampang ganteng gara gara2 gatau gaul gawe gelem gila gimana gini gitu gmn
goblok golek gpp gratis grup gua gue guys hadeh hadiah haha hal halah halaman halo hampir hanya hape haram harap harga
hari harus harusnya haus hehe hehehe heran hidup hingga hmm hmmm hoax hormat hp hr hubungan hubungi hujan hukum ibadah
ibuk ibunya idul iki iklan iku ikut ikutan inboks inbox indonesia info infonya informasi ing ingin ini ini2 inyong isi
isih isine istri isu itu iya izin ja jadi jaga jagalah jam jaman jane jangan janji jarak jare jauh jawab jawaban jelas
jelek jempol jeneng jenengan jenenge jenggot jual jualan juga jujur jumat juta kabar kabare kabari kabeh kadang kagem
kah kaji kalau kali2 kalih kalo kami kamis kampret kamu kan kandas kangen kangge kapan kapok kar karena karna karo
karyawan kasian kasih kasihan kasus kata katanya kate kebenaran keburu kecewa kedua kegiatan kehilangan keluar
keluarga kemana kemaren kemarin kembali kemudian kena kenal kenapa kendala kepada kepala kepengin kepingin kerja
kerjaan kesal kesana kesel kesini ket ketemu ketika ketua khusus kini kira kirim kirimi kita kito kiwari kiye kl
klarifikasi klik klo kmrn knp ko kok kondisi kondisine koneksi konfirmasi kontrak korban kowe koyo koyok kpn kq kritik
krn kronologi kula kuliah kulo kumpul kuwi laen lagek lagi lain lainnya laju laki laku lalu lama lamare lampiran lan
langsung lanjut lanjutan lansia lapor laporan laporanku laporin laporkan laporke larang lare lawan lebar lebaran lebih
lega lek lengkap lewat lgi lha liat libur lihat lima ling lisan liwat lokasi lokasine lokasinya loro luar lulus
lulusan lumayan lupa lur luring maaf maca macam mahasiswa main maju maka makan makanya makasih makin maksud maksudnya
malah malam2 malas maling malu mampir mana maneh mangga mangka mantab mantap manusia mari maring mas masa masalah
masih masuk masyarakat mati matur maturnuwun matursuwun mau mawon mbok mbokan mbuh medal melapor melaporkan melihat
meliput melu memang membaca membantu memberi meminta memohon menanggapi menanyakan menawi mencari mendadak mendapat
mendapatkan mendengar menelepon menerima mengadu mengadukan mengajak mengalami mengantar mengapa mengeluh mengeluhkan
mengetahui menghadap mengharap menghimbau menghubungi mengikuti mengirim mengucapkan mengurus menikah menit menjadi
menjawab menjelang menu menunggu menurut menyampaikan menyesal merasa mereka meriang mersudi merupakan mesake mesti
metu mewakili milik mimpi minggu minta miring mksh msh msih mudik mugi mugo mulai mulane mulih mumet mung mungkin
murah muring musim muslim muter muter2 nah naik nak nama nambah nami namung nanti nanya ndang ndelok ndherek ndisik
nek nemen netizen next ngadu ngakune ngambil ngantri ngapunten ngasih nge ngekos ngenteni ngerti ngesuk ngeyel ngomong
ngono ngopo ngurus niat nika nikah niki niku njaluk njur no nol nomer nomor nongkrong nonton nopo nulis numpang nunggu
nunut nuwun nya nyampe nyata nyong nyuwun obrol ojo ok oke okey olah oleh online ono opo orane orang orangtua org otw
pada padahal padha pagi paham pakai pake paling pamer panas pancen panduan panggil panggilan panggonan panjang pantes
papan para paragraf parah parahe pas pasien pasti pastinya peduli pegawai pekalongan pekan pelapor pemerintah pemkot
penanganan pendapat penerima pengaduan pengen pengin penjaga penjelasan pensiun pensiunan penting perangkat perbaikan
percaya percuma perhatian perihal perkembangan perlu pernah pernyataan pertama pertanyaan perwakilan pesan pesen
petugas petugase pihak pimen pindah pingin pinjam pintar piro pirsa pisan piye pkl please plis pns polisi posisi
pribadi pribumi priksa pripun pro promo proses protes puas puasa pulang pun pusing putih puyeng rabu rahasia raja
ramai rame rapat rasa rasane rasanya rata rb realisasi redup relawan resmi respon responnya rewel ribet ribu rindu rk
rombongan rp rt rugi rumahku ruwet rw saat saiki saja sak sakderenge saking sakit sakjane sakniki salah salam sama
sambil sampai sampaikan sampe sampek sampeyan sampun sana sane sangat sanget santri saran sareng satu saudara saya
sayang sdh sdm sebab sebabe sebelum sebelumnya sebenarnya sebentar sebuah secepatnya sedang sedangkan sedih sedikit
sedoyo segala segera sehari seharusnya sehat sehingga sejak sekali sekalian sekaligus sekarang seko sekolah selain
selalu selama selasa selatan selesai seluruh semakin semalam sembilan sembuh semenjak sementara semoga semua semuane
semuanya senang seneng senin seperlunya seperti sepertinya sepi sepuh sepuluh sepurane serasa seratus sering
seringkali serius serta sesegera sesuai setahu setahun setan setelah setengah setiap setuju sewaktu shg sholat sialan
siang siap siapa siapapun sib sik sing singkat sini sip sipil situ skip skr skrg smpe smpek soal soko solusi sopan
sopo sore sosial start status stop suami suara suasana subuh sudah suka sukanya sulit sumbangan sumber sumpah sungguh
supados supaya sure suruh survei suwe suwun swasta sy ta tadi tadinya tahan tahu tahun takut tambah tambahan tampak
tanggal tanggapan tanggapannya tanggung tangled tanglet tanya tapi tarik tau taun tawon td teman temen tempat tempate
tenan tenang tengah tengok tepat tepatnya terakhir terasa terbaru terdaftar terdampak terdapat terhadap terhormat
terima terimakasih terkadang terkahir terkait terlalu terlampir terlihat ternyata tersebut tertanda terus tes test
tetangga tetanggaku tetap tetapi thank thanks thok thx tiap tiba tidur tiga tilik tindak tindakan tindaklanjut
tindaklanjuti tinggal tinggi tingkat tiyang tlg tmn tok tolol tolong tolonglah tonggo total tpi tq trauma trimakasih
trims trs tsb tua tujuan tujuh tukang tulis tulisan tulung tumut tunggu turu turun turut ubah ucapkan udah udan udh
ujan ujar uji umum umur unek untuk upaya urgen usaha usia usul utang utk uwis uwong video viral wa waduh wadul wae wah
wajah wajar wajib waktu walau walaupun wali walikota wani wanita warga wargane wargi wartawan was wayah wedi wes wetan
whatsapp wis wiwit wkwk wkwkwk wong wonge wonten ws wus ya yaitu yakni yang yen yg yo you yowes yuk zaman
""")

DAYS = "senin|selasa|rabu|rebo|kamis|kemis|jumat|jum'?at|sabtu|setu|ahad|minggu"
MONTHS = (
    "januari|februari|pebruari|maret|april|mei|juni|juli|agustus|september|oktober|nopember|november|desember|"
    "jan|feb|mar|apr|jun|jul|agt|agu|ags|sep|sept|okt|nov|des"
)

# Who may be involved.
PEOPLE = word_set("""
anak anake anakku bakul bidan bocah bocil bos buruh camat developer dokter gelandangan guru ibu2 jukir juragan
juragane juru kades karyawan kontraktor korban lansia lare lurah mahasiswa majikan maling masyarakat murid nelayan
odgj oknum orang pabrik panitia pasien pedagang pegawai pegawe pejalan pekerja pelajar pelaku pembeli pemilik pemuda
pemulung pengamen pengelola pengembang pengemis pengendara penghuni pengunjung pengurus penjual penumpang perawat
perusahaan petugas petugase pkl preman remaja santri satpam siswa sopir supir tanggaku tetangga tetanggaku tonggo
tonggoku tukang warga wong
""")
# What may follow them and says more of them.
PEOPLE_MORE = word_set("""
angkot bangunan batik becak bus depan dinas dishub dlh dpupr gila jalan jalanan kafe kaki kami kampung karaoke
keamanan kebersihan kecamatan kecil kecil2 kelas kelurahan kos kost las liar lima lokal loket mobil motor muda nelayan
ojek pabrik parkir pasar pdam pendaftaran pindang pln pp proyek punk puskesmas rt rumah rw sampah satpol saya sd
sebelah sekitar sekolah setempat sini sma smp sy tahu tekstil toko truk usaha warung
""")
